using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Functions.Hosting;

/// <summary>Emits a <c>function.json</c> for each mapped function, into the folder that holds <c>host.json</c>.</summary>
internal static class FunctionJson
{
    private static readonly JsonSerializerOptions Written = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text of each function's file, by function name.</summary>
    public static IReadOnlyDictionary<string, string> Describe(IEnumerable<Endpoint> endpoints) => endpoints
        .Select(endpoint => endpoint.Metadata.GetMetadata<FunctionTrigger>())
        .OfType<FunctionTrigger>()
        .OrderBy(trigger => trigger.Function, StringComparer.Ordinal)
        .ToDictionary(trigger => trigger.Function, trigger => $"{Bindings(trigger).ToJsonString(Written)}\n");

    /// <summary>Writes <c>{folder}/{function}/function.json</c> for each function.</summary>
    public static void Emit(IEnumerable<Endpoint> endpoints, string folder)
    {
        foreach (var (function, text) in Describe(endpoints))
        {
            var target = Directory.CreateDirectory(Path.Combine(folder, function));
            File.WriteAllText(Path.Combine(target.FullName, "function.json"), text);
        }
    }

    private static JsonObject Bindings(FunctionTrigger trigger) => new()
    {
        ["bindings"] = trigger switch
        {
            HttpTrigger http => new JsonArray(
                new JsonObject
                {
                    ["type"] = "httpTrigger",
                    ["direction"] = "in",
                    ["name"] = "request",
                    // Every endpoint demands an access token or a device's proof; a function key would only be one more secret.
                    ["authLevel"] = "anonymous",
                    ["methods"] = new JsonArray(http.Method.ToLowerInvariant()),
                    ["route"] = http.Route,
                },
                new JsonObject { ["type"] = "http", ["direction"] = "out", ["name"] = "response" }),
            QueueTrigger queue => new JsonArray(new JsonObject
            {
                ["type"] = "serviceBusTrigger",
                ["direction"] = "in",
                ["name"] = InvocationEnvelope.Binding,
                ["queueName"] = queue.Queue,
                ["connection"] = "ServiceBus",
            }),
            TimerTrigger timer => new JsonArray(new JsonObject
            {
                ["type"] = "timerTrigger",
                ["direction"] = "in",
                ["name"] = "timer",
                ["schedule"] = timer.Schedule,
                ["useMonitor"] = true,
            }),
            _ => throw new InvalidOperationException($"{trigger.GetType().Name} is no known trigger."),
        },
    };
}
