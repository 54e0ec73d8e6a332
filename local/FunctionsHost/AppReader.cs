using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Reads a function app's folder as the host does (<see href="https://learn.microsoft.com/azure/azure-functions/functions-host-json">host.json</see>),
/// and refuses what the local host could not do as the real one would.
/// </summary>
internal static class AppReader
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>What would change how functions are run, and is not done here.</summary>
    private static readonly string[] Unsupported =
    [
        "retry", "singleton", "functions", "customHandler", "concurrency:dynamicConcurrencyEnabled",
        "extensions:serviceBus:autoCompleteMessages", "extensions:serviceBus:prefetchCount", "extensions:serviceBus:maxConcurrentSessions",
        "extensions:http:hsts", "extensions:http:customHeaders", "extensions:http:maxConcurrentRequests", "extensions:http:maxOutstandingRequests",
        "extensions:http:dynamicThrottlesEnabled",
    ];

    /// <summary>Their values that mean what the local host does anyway.</summary>
    private static readonly Dictionary<string, string> Harmless = new()
    {
        ["concurrency:dynamicConcurrencyEnabled"] = "false",
        ["extensions:serviceBus:autoCompleteMessages"] = "true",
        ["extensions:serviceBus:prefetchCount"] = "0",
        ["extensions:http:dynamicThrottlesEnabled"] = "false",
        ["extensions:http:maxConcurrentRequests"] = "-1",
        ["extensions:http:maxOutstandingRequests"] = "-1",
    };

    /// <param name="folder">The folder that holds <c>host.json</c>.</param>
    /// <exception cref="InvalidDataException">Something is missing, wrong or not supported.</exception>
    public static HostSettings ReadHost(string folder)
    {
        var host = Parse(Path.Combine(folder, "host.json"));
        if ((string?)host["version"] != "2.0")
        {
            throw new InvalidDataException("host.json: version must be \"2.0\".");
        }

        foreach (var name in Unsupported)
        {
            var value = name.Split(':').Aggregate((JsonNode?)host, (node, part) => (node as JsonObject)?[part]);
            if (value is not null && value.ToString() != Harmless.GetValueOrDefault(name))
            {
                throw new InvalidDataException($"host.json: the local host does not support {name.Replace(':', '.')} = {value.ToJsonString()}.");
            }
        }

        var serviceBus = host["extensions"]?["serviceBus"];
        return new HostSettings
        {
            RoutePrefix = ((string?)host["extensions"]?["http"]?["routePrefix"] ?? "api").Trim('/'),
            FunctionTimeout = (string?)host["functionTimeout"] == "-1" ? null : Time(host["functionTimeout"], TimeSpan.FromMinutes(30)),
            MaxConcurrentCalls = (int?)serviceBus?["maxConcurrentCalls"] ?? 16,
            MaxAutoLockRenewal = Time(serviceBus?["maxAutoLockRenewalDuration"], TimeSpan.FromMinutes(5)),
        };
    }

    /// <summary>The worker's process, as the SDK's <c>worker.config.json</c> describes it.</summary>
    /// <param name="folder">The folder that holds it.</param>
    /// <exception cref="InvalidDataException">Something is missing, wrong or not supported.</exception>
    public static WorkerDescription ReadWorker(string folder)
    {
        folder = Path.GetFullPath(folder);
        var description = Parse(Path.Combine(folder, "worker.config.json"))["description"];
        if ((string?)description?["defaultExecutablePath"] is not { Length: > 0 } path)
        {
            throw new InvalidDataException("worker.config.json: description.defaultExecutablePath is missing.");
        }

        if ((string?)description["language"] is { } language && language != "dotnet-isolated")
        {
            throw new InvalidDataException($"worker.config.json: the local host knows workers of dotnet-isolated, not of {language}.");
        }

        var executable = Resolve(folder, path.Replace("{WorkerRoot}", "", StringComparison.Ordinal));
        var worker = (string?)description["defaultWorkerPath"] is { Length: > 0 } file ? Resolve(folder, file) : null;
        return new WorkerDescription(executable, worker, folder);
    }

    private static string Resolve(string folder, string path)
    {
        var full = Path.Combine(folder, path);
        return File.Exists(full) ? full : OperatingSystem.IsWindows() && File.Exists($"{full}.exe") ? $"{full}.exe" : path;
    }

    private static JsonObject Parse(string file)
    {
        if (!File.Exists(file))
        {
            throw new InvalidDataException($"{file} is missing.");
        }

        try
        {
            return JsonNode.Parse(File.ReadAllText(file), documentOptions: Lenient) as JsonObject
                ?? throw new InvalidDataException($"{file} must hold a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{file} is no JSON: {exception.Message}", exception);
        }
    }

    private static TimeSpan Time(JsonNode? value, TimeSpan otherwise) =>
        value is null ? otherwise : TimeSpan.Parse((string)value!, CultureInfo.InvariantCulture);
}
