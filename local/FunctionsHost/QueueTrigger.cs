using System.Globalization;
using System.Text.Json;
using BlokSec.Local.FunctionsHost.Protocol;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// What a worker is told of a message, as version 5 of the Service Bus extension does it: the body as text, and beside it properties of
/// the message. Members of a JSON body stand among them and even replace them, as on the real host: no name there can be trusted.
/// </summary>
internal static class QueueTrigger
{
    public static InvocationRequest Invoke(QueueFunction function, QueueMessage message)
    {
        var trace = TraceContext.From(
            message.ApplicationText("Diagnostic-Id") ?? message.ApplicationText("traceparent"), message.ApplicationText("tracestate"));
        var invocation = Invocation.Of(function, Invocation.Text(message.Body), trace);
        var metadata = new Dictionary<string, TypedData>(StringComparer.OrdinalIgnoreCase)
        {
            ["DeliveryCount"] = Invocation.Json(message.DeliveryCount),
            ["LockToken"] = Invocation.Text(message.LockToken),
            ["ExpiresAtUtc"] = Invocation.Json(Text(message.ExpiresAt)),
            ["ExpiresAt"] = Invocation.Json(message.ExpiresAt),
            ["EnqueuedTimeUtc"] = Invocation.Json(Text(message.EnqueuedTime)),
            ["EnqueuedTime"] = Invocation.Json(message.EnqueuedTime),
            ["MessageId"] = Invocation.Text(message.MessageId),
            ["SequenceNumber"] = Invocation.Json(message.SequenceNumber),
            ["ApplicationProperties"] = Invocation.Json(message.ApplicationProperties),
        };
        metadata["UserProperties"] = metadata["ApplicationProperties"];
        foreach (var (name, text) in message.Texts)
        {
            metadata[name] = Invocation.Text(text);
        }

        AddBody(metadata, message.Body);
        invocation.TriggerMetadata.Add(metadata);
        return invocation;
    }

    private static void AddBody(Dictionary<string, TypedData> metadata, string body)
    {
        if (!body.AsSpan().TrimStart().StartsWith('{'))
        {
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(body);
            foreach (var (name, value) in Fields(json.RootElement))
            {
                metadata[name] = value is string text ? Invocation.Text(text) : Invocation.Json(value);
            }
        }
        catch (JsonException)
        {
            // Text that is no JSON has no fields.
        }
    }

    /// <summary>Lists and nulls are left out; objects stay objects, all their values text.</summary>
    private static IEnumerable<(string Name, object Value)> Fields(JsonElement fields) => fields.EnumerateObject()
        .Where(field => field.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Array))
        .Select(field => (field.Name, field.Value.ValueKind switch
        {
            JsonValueKind.Object => Members(field.Value),
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            _ => (object)field.Value.ToString(),
        }));

    private static Dictionary<string, object> Members(JsonElement fields)
    {
        var members = new Dictionary<string, object>();
        foreach (var (name, value) in Fields(fields))
        {
            members[name] = value;
        }

        return members;
    }

    /// <summary>Without a zone, as the extension gives it.</summary>
    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture);
}
