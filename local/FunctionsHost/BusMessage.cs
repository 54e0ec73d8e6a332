using System.Globalization;
using System.Text.Json;
using BlokSec.Local.ServiceBus;

namespace BlokSec.Local.FunctionsHost;

/// <summary>A message that was received under a lock.</summary>
internal sealed record BusMessage
{
    private static readonly HashSet<string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        BrokerProperties.HeaderName, "Connection", "Date", "Keep-Alive", "Location", "Server", "Strict-Transport-Security", "Transfer-Encoding",
    };

    private readonly JsonElement properties;

    private BusMessage(Uri location, string properties, string body)
    {
        using var json = JsonDocument.Parse(properties);
        this.properties = json.RootElement.Clone();
        Location = location;
        Body = body;
    }

    /// <summary>The lock's address.</summary>
    public Uri Location { get; }

    public string Body { get; }

    public string? ContentType { get; private init; }

    /// <summary>As their headers spell them.</summary>
    public IReadOnlyDictionary<string, string> CustomProperties { get; private init; } = new Dictionary<string, string>();

    public string MessageId => Property("MessageId") ?? "";

    public string LockToken => Property("LockToken") ?? "";

    public int DeliveryCount => properties.GetProperty(nameof(DeliveryCount)).GetInt32();

    public long SequenceNumber => properties.GetProperty(nameof(SequenceNumber)).GetInt64();

    public DateTimeOffset EnqueuedTime => Time("EnqueuedTimeUtc");

    public DateTimeOffset LockedUntil => Time("LockedUntilUtc");

    public DateTimeOffset ExpiresAt => EnqueuedTime.AddSeconds(properties.GetProperty("TimeToLive").GetDouble());

    /// <summary>A broker property that is text; null when the message has none.</summary>
    public string? Property(string name) => properties.TryGetProperty(name, out var value) ? value.GetString() : null;

    public static async Task<BusMessage> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var properties = response.Headers.GetValues(BrokerProperties.HeaderName).Single();
        return new BusMessage(response.Headers.Location!, properties, body)
        {
            ContentType = response.Content.Headers.ContentType?.ToString(),
            CustomProperties = response.Headers.NonValidated
                .Where(header => !Known.Contains(header.Key))
                .ToDictionary(header => header.Key, header => header.Value.ToString()),
        };
    }

    private DateTimeOffset Time(string name) => DateTimeOffset.Parse(Property(name)!, CultureInfo.InvariantCulture);
}
