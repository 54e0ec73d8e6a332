using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlokSec.Local.FunctionsHost.Protocol;
using Cronos;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Reads what the worker says of its functions, and refuses what the local host could not do as the real one would.</summary>
/// <param name="settings">App settings, for <c>%name%</c>.</param>
internal sealed partial class FunctionReader(IReadOnlyDictionary<string, string> settings)
{
    private static readonly string[] ReservedRoutes = ["admin", "runtime"];

    /// <exception cref="InvalidDataException">The function cannot be read or asks for what is not supported.</exception>
    public Function Read(RpcFunctionMetadata metadata)
    {
        var name = metadata.Name;
        if (metadata.Status is { Status: StatusResult.Types.Status.Failure } failed)
        {
            throw Refused(name, $"the worker cannot index it: {failed.Exception?.Message}");
        }

        if (metadata.RetryOptions is not null)
        {
            throw Refused(name, "retry policies are not supported");
        }

        var bindings = metadata.RawBindings.Select(binding => Parse(name, binding)).ToArray();
        Func<JsonObject, FunctionLoadRequest, Function> read = bindings switch
        {
            [var trigger] when Is(trigger, "httpTrigger") => ReadHttp,
            [var trigger, var output] when Is(trigger, "httpTrigger") && Is(output, "http") => ReadHttp,
            [var output, var trigger] when Is(trigger, "httpTrigger") && Is(output, "http") => ReadHttp,
            [var trigger] when Is(trigger, "serviceBusTrigger") => ReadQueue,
            [var trigger] when Is(trigger, "timerTrigger") => ReadTimer,
            _ => throw Refused(
                name,
                "the local host knows an httpTrigger with one http output, a serviceBusTrigger alone or a timerTrigger alone, but not "
                + (bindings.Length == 0 ? "a function without bindings" : string.Join(" + ", bindings.Select(binding => Text(binding, "type") ?? "?")))),
        };
        return read(bindings.First(binding => !Is(binding, "http")), FunctionLoading.Request(metadata, bindings));

        HttpFunction ReadHttp(JsonObject trigger, FunctionLoadRequest load) => this.ReadHttp(name, trigger, load);
        QueueFunction ReadQueue(JsonObject trigger, FunctionLoadRequest load) => this.ReadQueue(name, trigger, load);
        TimerFunction ReadTimer(JsonObject trigger, FunctionLoadRequest load) => this.ReadTimer(name, trigger, load);
    }

    /// <summary>A property of a binding that is text; null when it has none.</summary>
    internal static string? Text(JsonObject binding, string name) =>
        binding.FirstOrDefault(property => property.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value?.ToString();

    private HttpFunction ReadHttp(string name, JsonObject trigger, FunctionLoadRequest load)
    {
        var route = Resolve(name, Text(trigger, "route") ?? name).TrimStart('/');
        if (ReservedRoutes.Contains(route.Split('/')[0], StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(name, $"the route '{route}' begins with a reserved word: {string.Join(" or ", ReservedRoutes)}");
        }

        if (Text(trigger, "authLevel") is { } level && !level.Equals("anonymous", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused(name, $"the local host knows no keys; authLevel must be \"anonymous\", not \"{level}\"");
        }

        var methods = (trigger["methods"] as JsonArray ?? []).Select(method => ((string)method!).ToUpperInvariant()).ToImmutableArray();
        return new HttpFunction(name, Required(name, trigger, "name"), route, methods) { Load = load };
    }

    private QueueFunction ReadQueue(string name, JsonObject trigger, FunctionLoadRequest load)
    {
        foreach (var unsupported in (string[])["topicName", "subscriptionName"])
        {
            if (Text(trigger, unsupported) is not null)
            {
                throw Refused(name, $"{unsupported} is not supported, only queues are");
            }
        }

        foreach (var (property, only, why) in (ReadOnlySpan<(string, string, string)>)
        [
            ("isSessionsEnabled", "false", "sessions are not supported"),
            ("autoCompleteMessages", "true", "the host settles messages itself; autoCompleteMessages must be true"),
            ("cardinality", "one", "messages come one at a time; cardinality must be \"one\""),
            ("isBatched", "false", "messages come one at a time; isBatched must be false"),
            ("dataType", "string", "message bodies are text; dataType must be \"string\""),
        ])
        {
            if (Text(trigger, property) is { } value && !value.Equals(only, StringComparison.OrdinalIgnoreCase))
            {
                throw Refused(name, why);
            }
        }

        return new QueueFunction(
            name,
            Required(name, trigger, "name"),
            Resolve(name, Required(name, trigger, "queueName")),
            Text(trigger, "connection") is { Length: > 0 } connection ? connection : "AzureWebJobsServiceBus")
        { Load = load };
    }

    private TimerFunction ReadTimer(string name, JsonObject trigger, FunctionLoadRequest load)
    {
        var schedule = Resolve(name, Required(name, trigger, "schedule"));
        if (!CronExpression.TryParse(schedule, CronFormat.IncludeSeconds, out var cron))
        {
            throw Refused(name, $"the schedule '{schedule}' is no NCRONTAB expression of six fields");
        }

        var runsOnStartup = "true".Equals(Text(trigger, "runOnStartup"), StringComparison.OrdinalIgnoreCase);
        return new TimerFunction(name, Required(name, trigger, "name"), cron, runsOnStartup) { Load = load };
    }

    private string Resolve(string function, string text) => SettingName.Replace(
        text,
        match => settings.GetValueOrDefault(match.Groups["name"].Value)
            ?? Environment.GetEnvironmentVariable(match.Groups["name"].Value)
            ?? throw Refused(function, $"the setting {match.Value} is missing"));

    private static JsonObject Parse(string function, string binding)
    {
        try
        {
            return JsonNode.Parse(binding) as JsonObject ?? throw Refused(function, "a binding is no object");
        }
        catch (JsonException)
        {
            throw Refused(function, "a binding is no JSON");
        }
    }

    private static string Required(string function, JsonObject trigger, string name) =>
        Text(trigger, name) is { Length: > 0 } value ? value : throw Refused(function, $"the trigger has no {name}");

    private static bool Is(JsonObject binding, string type) => type.Equals(Text(binding, "type"), StringComparison.OrdinalIgnoreCase);

    private static InvalidDataException Refused(string function, string why) => new($"Function {function}: {why}.");

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex SettingName { get; }
}
