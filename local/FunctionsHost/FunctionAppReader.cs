using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Reads a function app's folder as the host does (<see href="https://learn.microsoft.com/azure/azure-functions/functions-host-json">host.json</see>,
/// <see href="https://learn.microsoft.com/azure/azure-functions/functions-custom-handlers">custom handlers</see>), and refuses what the
/// local host could not do as the real one would.
/// </summary>
internal static class FunctionAppReader
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <param name="folder">The folder that holds <c>host.json</c>.</param>
    /// <param name="settings">App settings, for <c>%name%</c>.</param>
    /// <exception cref="InvalidDataException">Something is missing, wrong or not supported.</exception>
    public static FunctionApp Read(string folder, IReadOnlyDictionary<string, string> settings)
    {
        folder = Path.GetFullPath(folder);
        var host = Parse(Path.Combine(folder, "host.json"));
        if ((string?)host["version"] != "2.0")
        {
            throw new InvalidDataException("host.json: version must be \"2.0\".");
        }

        var serviceBus = host["extensions"]?["serviceBus"];
        var functions = Directory.EnumerateDirectories(folder)
            .Select(child => Path.Combine(child, "function.json"))
            .Where(File.Exists)
            .Order(StringComparer.Ordinal)
            .Select(file => (Name: Path.GetFileName(Path.GetDirectoryName(file))!, Json: Parse(file)))
            .Where(function => (bool?)function.Json["disabled"] != true)
            .Select(function => FunctionReader.Read(function.Name, function.Json, settings))
            .ToImmutableArray();
        if (functions.Any(function => function is HttpFunction) && (bool?)host["customHandler"]?["enableForwardingHttpRequest"] != true)
        {
            throw new InvalidDataException("host.json: the local host only forwards HTTP; set customHandler.enableForwardingHttpRequest to true.");
        }

        return new FunctionApp
        {
            Folder = folder,
            RoutePrefix = ((string?)host["extensions"]?["http"]?["routePrefix"] ?? "api").Trim('/'),
            FunctionTimeout = (string?)host["functionTimeout"] == "-1" ? null : Time(host["functionTimeout"], TimeSpan.FromMinutes(30)),
            MaxConcurrentCalls = (int?)serviceBus?["maxConcurrentCalls"] ?? 16,
            MaxAutoLockRenewal = Time(serviceBus?["maxAutoLockRenewalDuration"], TimeSpan.FromMinutes(5)),
            Handler = ReadHandler(folder, host),
            Functions = functions,
        };
    }

    private static HandlerDescription ReadHandler(string folder, JsonObject host)
    {
        var handler = host["customHandler"];
        var description = handler?["description"];
        if ((string?)description?["defaultExecutablePath"] is not { Length: > 0 } path)
        {
            throw new InvalidDataException("host.json: customHandler.description.defaultExecutablePath is missing.");
        }

        if (description["defaultWorkerPath"] is not null)
        {
            throw new InvalidDataException("host.json: customHandler.description.defaultWorkerPath is not supported; use arguments.");
        }

        var executable = Path.Combine(folder, path);
        if (OperatingSystem.IsWindows() && !Path.HasExtension(executable))
        {
            executable += ".exe";
        }

        return new HandlerDescription(
            File.Exists(executable) ? executable : path,
            [.. (description["arguments"] as JsonArray ?? []).Select(argument => (string)argument!)],
            Path.Combine(folder, (string?)description["workingDirectory"] ?? ""),
            Time(handler!["initializationTimeout"], TimeSpan.FromSeconds(30)));
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
