using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// The JSON in which the host wraps what triggered a function, to the letter as the real host v4 wrote it: values are JSON-encoded
/// inside JSON strings, and the fields of a JSON message stand beside the host's own metadata and even replace them.
/// </summary>
internal static class Envelope
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Wraps a message.</summary>
    public static byte[] ForMessage(QueueFunction function, BusMessage message, TimeProvider time)
    {
        var receiver = Receiver(function.Queue);
        var metadata = Metadata();
        metadata["MessageReceiver"] = receiver;
        metadata["IMessageReceiver"] = receiver;
        metadata["DeliveryCount"] = Json(message.DeliveryCount.ToString(CultureInfo.InvariantCulture));
        metadata["LockToken"] = Encoded(message.LockToken);
        metadata["ExpiresAtUtc"] = Json(Text(message.ExpiresAt));
        metadata["EnqueuedTimeUtc"] = Json(Text(message.EnqueuedTime));
        metadata["MessageId"] = Encoded(message.MessageId);
        AddIfPresent(metadata, "ContentType", message.ContentType);
        AddIfPresent(metadata, "ReplyTo", message.Property("ReplyTo"));
        metadata["SequenceNumber"] = Json(message.SequenceNumber.ToString(CultureInfo.InvariantCulture));
        AddIfPresent(metadata, "To", message.Property("To"));
        AddIfPresent(metadata, "Label", message.Property("Label"));
        AddIfPresent(metadata, "CorrelationId", message.Property("CorrelationId"));
        metadata["UserProperties"] = Object(message.CustomProperties.Select(property => (property.Key, CustomValue(property.Value))));
        metadata["sys"] = Sys(function, time);
        AddBody(metadata, message.Body);
        return Write(function.Binding, Encoded(message.Body), metadata);
    }

    /// <summary>Wraps a tick of a timer.</summary>
    /// <param name="function">The timer.</param>
    /// <param name="last">Its last tick by schedule; null for the first.</param>
    /// <param name="input">What a caller of the admin endpoint sent; null for a tick by schedule.</param>
    /// <param name="time">The clock.</param>
    public static byte[] ForTimer(TimerFunction function, DateTimeOffset? last, string? input, TimeProvider time)
    {
        var status = last is { } tick
            ? Object([
                ("Last", Json(tick)),
                ("Next", Json(function.Schedule.GetNextOccurrence(tick, TimeZoneInfo.Utc))),
                ("LastUpdated", Json(tick))])
            : "null";
        var timer = Object([("Schedule", """{"AdjustForDST":true}"""), ("ScheduleStatus", status), ("IsPastDue", "false")]);
        var metadata = Metadata();
        AddIfPresent(metadata, function.Binding, input);
        metadata["sys"] = Sys(function, time);
        return Write(function.Binding, timer, metadata);
    }

    private static byte[] Write(string binding, string data, OrderedDictionary<string, string> metadata) => System.Text.Encoding.UTF8.GetBytes(
        Object([("Data", Object([(binding, data)])), ("Metadata", Object(metadata.Select(entry => (entry.Key, entry.Value))))]));

    /// <summary>Names and their JSON. Binding data ignores case: a field of the body that takes a name over keeps the host's spelling.</summary>
    private static OrderedDictionary<string, string> Metadata() => new(StringComparer.OrdinalIgnoreCase);

    private static void AddIfPresent(OrderedDictionary<string, string> metadata, string name, string? value)
    {
        if (value is not null)
        {
            metadata[name] = Encoded(value);
        }
    }

    private static void AddBody(OrderedDictionary<string, string> metadata, string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var (name, field) in Fields(json.RootElement, Encoded))
                {
                    metadata[name] = field;
                }
            }
        }
        catch (JsonException)
        {
            // Text that is no JSON has no fields.
        }
    }

    /// <summary>Lists and nulls are left out; objects stay objects, all their values text.</summary>
    private static IEnumerable<(string Name, string Json)> Fields(JsonElement fields, Func<string, string> write) => fields.EnumerateObject()
        .Where(field => field.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Array))
        .Select(field => (field.Name, field.Value.ValueKind switch
        {
            JsonValueKind.Object => Object(Fields(field.Value, Json)),
            JsonValueKind.True => write("True"),
            JsonValueKind.False => write("False"),
            _ => write(field.Value.ToString()),
        }));

    private static string Sys(Function function, TimeProvider time) => Object([
        ("MethodName", Json(function.Name)),
        ("UtcNow", Json(time.GetUtcNow().UtcDateTime)),
        ("RandGuid", Json(Guid.NewGuid()))]);

    private static string Object(IEnumerable<(string Name, string Json)> fields) =>
        $"{{{string.Join(',', fields.Select(field => $"{Json(field.Name)}:{field.Json}"))}}}";

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, Plain);

    private static string Encoded(string text) => Json(Json(text));

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);

    /// <summary>A custom property's header holds JSON, a string in quotes or a bare number; what is neither is taken as text.</summary>
    private static string CustomValue(string header)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            return header;
        }
        catch (JsonException)
        {
            return Json(header);
        }
    }

    /// <summary>What the real host's message receiver looks like from outside, of no use to a handler.</summary>
    private static string Receiver(string queue)
    {
        var retryPolicy = new
        {
            MinimalBackoff = "00:00:00",
            MaximumBackoff = "00:00:30",
            DeltaBackoff = "00:00:03",
            MaxRetryCount = 5,
            IsServerBusy = false,
            ServerBusyExceptionMessage = (string?)null,
        };
        return Json(new
        {
            RegisteredPlugins = Array.Empty<string>(),
            ReceiveMode = 0,
            PrefetchCount = 0,
            LastPeekedSequenceNumber = 0,
            Path = queue,
            OperationTimeout = "00:01:00",
            ServiceBusConnection = new
            {
                Endpoint = "sb://127.0.0.1",
                OperationTimeout = "00:01:00",
                RetryPolicy = retryPolicy,
                TransportType = 0,
                TokenProvider = new { },
                IsClosedOrClosing = false,
            },
            IsClosedOrClosing = false,
            OwnsConnection = true,
            ClientId = $"MessageReceiver2{queue}",
            RetryPolicy = retryPolicy,
        });
    }
}
