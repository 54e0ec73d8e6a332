using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Azure.Messaging.ServiceBus;

namespace BlokSec.Local.FunctionsHost;

/// <summary>What a queue function is told of its message.</summary>
internal sealed record QueueMessage(string Body)
{
    public string MessageId { get; init; } = Guid.NewGuid().ToString("n");

    public int DeliveryCount { get; init; } = 1;

    public long SequenceNumber { get; init; } = 1;

    public string LockToken { get; init; } = Guid.NewGuid().ToString();

    public DateTimeOffset EnqueuedTime { get; init; }

    public DateTimeOffset ExpiresAt { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Those that have text and may be missing: <c>Subject</c>, <c>CorrelationId</c>, <c>ContentType</c> and their like.</summary>
    public IReadOnlyDictionary<string, string> Texts { get; init; } = ImmutableDictionary<string, string>.Empty;

    public IReadOnlyDictionary<string, object> ApplicationProperties { get; init; } = ImmutableDictionary<string, object>.Empty;

    public static QueueMessage From(ServiceBusReceivedMessage message) => new(message.Body.ToString())
    {
        MessageId = message.MessageId,
        DeliveryCount = message.DeliveryCount,
        SequenceNumber = message.SequenceNumber,
        LockToken = message.LockToken,
        EnqueuedTime = message.EnqueuedTime,
        ExpiresAt = message.ExpiresAt,
        Texts = new (string Name, string? Value)[]
        {
            ("DeadLetterSource", message.DeadLetterSource),
            ("ContentType", message.ContentType),
            ("ReplyTo", message.ReplyTo),
            ("To", message.To),
            ("Subject", message.Subject),
            ("Label", message.Subject),
            ("CorrelationId", message.CorrelationId),
            ("SessionId", message.SessionId),
            ("ReplyToSessionId", message.ReplyToSessionId),
            ("PartitionKey", message.PartitionKey),
            ("TransactionPartitionKey", message.TransactionPartitionKey),
        }.Where(text => text.Value is not null).ToDictionary(text => text.Name, text => text.Value!),
        ApplicationProperties = message.ApplicationProperties,
    };

    /// <summary>A message that never was in a queue.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="metadata">
    /// Its properties as <c>TriggerMetadata</c> names them; <c>ApplicationProperties</c> is a JSON object. What is missing gets a value
    /// that a first delivery could have.
    /// </param>
    /// <param name="now">When it was enqueued, unless the properties say it.</param>
    public static QueueMessage From(string body, IReadOnlyDictionary<string, string> metadata, DateTimeOffset now)
    {
        string[] own = [nameof(MessageId), nameof(DeliveryCount), nameof(SequenceNumber), nameof(LockToken), "EnqueuedTimeUtc", "ExpiresAtUtc", nameof(ApplicationProperties)];
        var message = new QueueMessage(body) { EnqueuedTime = now };
        return message with
        {
            MessageId = metadata.GetValueOrDefault(nameof(MessageId), message.MessageId),
            DeliveryCount = int.Parse(metadata.GetValueOrDefault(nameof(DeliveryCount), "1"), CultureInfo.InvariantCulture),
            SequenceNumber = long.Parse(metadata.GetValueOrDefault(nameof(SequenceNumber), "1"), CultureInfo.InvariantCulture),
            LockToken = metadata.GetValueOrDefault(nameof(LockToken), message.LockToken),
            EnqueuedTime = Time(metadata, "EnqueuedTimeUtc", now),
            ExpiresAt = Time(metadata, "ExpiresAtUtc", message.ExpiresAt),
            Texts = metadata.Where(pair => !own.Contains(pair.Key)).ToDictionary(),
            ApplicationProperties = metadata.TryGetValue(nameof(ApplicationProperties), out var json)
                ? JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!.ToDictionary(pair => pair.Key, pair => Plain(pair.Value))
                : message.ApplicationProperties,
        };
    }

    /// <summary>An application property that is text; null when there is none.</summary>
    public string? ApplicationText(string name) => ApplicationProperties.TryGetValue(name, out var value) ? value as string : null;

    private static DateTimeOffset Time(IReadOnlyDictionary<string, string> metadata, string name, DateTimeOffset otherwise) =>
        metadata.TryGetValue(name, out var text)
            ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
            : otherwise;

    private static object Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value;
}
