using System.Globalization;
using System.Text.Json;

namespace BlokSec.Local.ServiceBus;

/// <summary>
/// The <c>BrokerProperties</c> header, as documented under
/// <see href="https://learn.microsoft.com/rest/api/servicebus/message-headers-and-properties">message headers and properties</see>.
/// </summary>
internal static class BrokerProperties
{
    public const string HeaderName = "BrokerProperties";

    private const int LongestId = 128;
    private static readonly string[] Sessions = ["SessionId", "PartitionKey", "ViaPartitionKey"];

    /// <summary>Understands the header of a send; properties that the service does not know are ignored, as it does.</summary>
    /// <param name="header">The header; null when there is none.</param>
    /// <param name="message">The message so far: id, times and properties; null when refused.</param>
    /// <returns>Why it is refused; null when it is not.</returns>
    public static BusError? Read(string? header, out IncomingMessage? message)
    {
        message = new IncomingMessage { MessageId = Guid.NewGuid().ToString("N"), Encoded = [] };
        if (string.IsNullOrEmpty(header))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(header);
            message = Read(json.RootElement, message.MessageId);
            return Refusal(json.RootElement, message);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            message = null;
            return new BusError(StatusCodes.Status400BadRequest, $"BadRequest: The BrokerProperties header is malformed. {exception.Message}");
        }
    }

    /// <summary>Writes the header of a received message.</summary>
    public static string Write(QueuedMessage message, MessageSections sections)
    {
        var properties = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["DeliveryCount"] = message.DeliveryCount,
            ["EnqueuedSequenceNumber"] = 0,
            ["EnqueuedTimeUtc"] = HttpDate(message.EnqueuedTime),
            ["MessageId"] = message.MessageId,
            ["SequenceNumber"] = message.SequenceNumber,
            ["State"] = "Active",
            ["TimeToLive"] = Math.Round((message.ExpiresAt - message.EnqueuedTime).TotalSeconds),
        };
        foreach (var (name, value) in RestMessages.BrokerProperties(sections))
        {
            properties[name] = value;
        }

        if (message is { LockToken: { } token, LockedUntil: { } until })
        {
            properties["LockToken"] = token.ToString();
            properties["LockedUntilUtc"] = HttpDate(until);
        }

        return JsonSerializer.Serialize(properties);
    }

    public static string HttpDate(DateTimeOffset time) => time.ToString("R", CultureInfo.InvariantCulture);

    private static IncomingMessage Read(JsonElement properties, string newId) => new()
    {
        MessageId = Text(properties, "MessageId") ?? newId,
        ScheduledEnqueueTime = Text(properties, "ScheduledEnqueueTimeUtc") is { } time
            ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : null,
        TimeToLive = Find(properties, "TimeToLive") is { } seconds ? TimeSpan.FromSeconds(Math.Min(seconds.GetDouble(), TimeSpan.MaxValue.TotalSeconds / 2)) : null,
        Encoded = [],
    };

    private static BusError? Refusal(JsonElement properties, IncomingMessage message) =>
        Sessions.FirstOrDefault(name => Text(properties, name) is not null) is { } session
            ? new BusError(StatusCodes.Status501NotImplemented, $"The local Service Bus has neither sessions nor partitions; {session} cannot be set.")
        : message.MessageId is { Length: 0 or > LongestId }
            ? new BusError(StatusCodes.Status400BadRequest, $"BadRequest: MessageId must have 1 to {LongestId} characters.")
        : message.TimeToLive <= TimeSpan.Zero
            ? new BusError(StatusCodes.Status400BadRequest, "BadRequest: TimeToLive must be greater than zero.")
        : null;

    private static string? Text(JsonElement properties, string name) => Find(properties, name)?.GetString();

    private static JsonElement? Find(JsonElement properties, string name) =>
        properties.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
