using System.Text.Json;

namespace BlokSec.Functions.Hosting;

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
