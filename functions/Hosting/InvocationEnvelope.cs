using System.Globalization;
using System.Text.Json;

namespace BlokSec.Functions.Hosting;

/// <summary>What the host says of a delivery. It may be wrong, because a body can replace it; nothing but effort may depend on it.</summary>
/// <param name="MessageId">The message's id; null when the host named none.</param>
/// <param name="Count">How often the message was delivered, from 1.</param>
internal readonly record struct Delivery(string? MessageId, int Count);

/// <summary>
/// What the Functions host posts to a custom handler for a queue message: <c>{"Data":{"message":…},"Metadata":{…}}</c>. The body is
/// JSON encoded inside a JSON string, once or more often. <c>Metadata</c> also holds the body's own members, so nothing there is
/// trusted; what a function needs is in the body.
/// </summary>
internal static class InvocationEnvelope
{
    /// <summary>The name of the queue binding.</summary>
    public const string Binding = "message";

    private const int MaxNesting = 4;

    /// <summary>Which delivery of which message it is. The values are JSON inside JSON strings.</summary>
    public static Delivery ReadDelivery(JsonElement envelope)
    {
        if (envelope.ValueKind != JsonValueKind.Object
            || !envelope.TryGetProperty("Metadata", out var metadata)
            || metadata.ValueKind != JsonValueKind.Object)
        {
            return new Delivery(null, 1);
        }

        return new Delivery(Text("MessageId"), int.TryParse(Text("DeliveryCount"), CultureInfo.InvariantCulture, out var count) ? count : 1);

        string? Text(string name) => metadata.TryGetProperty(name, out var value) ? value.ToString() : null;
    }

    /// <summary>The message, or null when the envelope holds no JSON object.</summary>
    public static T? Read<T>(JsonElement envelope)
        where T : class
    {
        try
        {
            if (!envelope.TryGetProperty("Data", out var data) || !data.TryGetProperty(Binding, out var body))
            {
                return null;
            }

            for (var depth = 0; body.ValueKind == JsonValueKind.String && depth < MaxNesting; depth++)
            {
                body = JsonDocument.Parse(body.GetString()!).RootElement;
            }

            return body.ValueKind == JsonValueKind.Object ? body.Deserialize<T>(Json.Documents) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
