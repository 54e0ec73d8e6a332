using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Cronos;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Reads one <c>function.json</c>.</summary>
internal static partial class FunctionReader
{
    private static readonly string[] ReservedRoutes = ["admin", "runtime"];

    public static Function Read(string name, JsonObject json, IReadOnlyDictionary<string, string> settings)
    {
        if (json["bindings"] is not JsonArray { Count: > 0 } array)
        {
            throw Refused(name, "it has no bindings");
        }

        var bindings = array.Select(binding => binding as JsonObject ?? throw Refused(name, "a binding is no object")).ToArray();
        return bindings switch
        {
            [var trigger, var output] when Is(trigger, "httpTrigger") && Is(output, "http") => ReadHttp(name, trigger),
            [var output, var trigger] when Is(trigger, "httpTrigger") && Is(output, "http") => ReadHttp(name, trigger),
            [var trigger] when Is(trigger, "serviceBusTrigger") => ReadQueue(name, trigger, settings),
            [var trigger] when Is(trigger, "timerTrigger") => ReadTimer(name, trigger, settings),
            _ => throw Refused(
                name,
                "the local host knows an httpTrigger with one http output, a serviceBusTrigger alone or a timerTrigger alone, but not "
                + string.Join(" + ", bindings.Select(binding => (string?)binding["type"] ?? "?"))),
        };
    }

    private static HttpFunction ReadHttp(string name, JsonObject trigger)
    {
        var route = ((string?)trigger["route"] ?? name).TrimStart('/');
        if (ReservedRoutes.Contains(route.Split('/')[0], StringComparer.OrdinalIgnoreCase))
        {
            throw Refused(name, $"the route '{route}' begins with a reserved word: {string.Join(" or ", ReservedRoutes)}");
        }

        var methods = (trigger["methods"] as JsonArray ?? []).Select(method => ((string)method!).ToUpperInvariant()).ToImmutableArray();
        return new HttpFunction(name, route, methods);
    }

    private static QueueFunction ReadQueue(string name, JsonObject trigger, IReadOnlyDictionary<string, string> settings)
    {
        foreach (var unsupported in (string[])["topicName", "subscriptionName"])
        {
            if (trigger[unsupported] is not null)
            {
                throw Refused(name, $"{unsupported} is not supported, only queues are");
            }
        }

        if ((bool?)trigger["isSessionsEnabled"] == true)
        {
            throw Refused(name, "sessions are not supported");
        }

        if ((string?)trigger["cardinality"] is { } cardinality && !cardinality.Equals("one", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused(name, "messages come one at a time; cardinality must be \"one\"");
        }

        if ((string?)trigger["dataType"] is { } dataType && !dataType.Equals("string", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused(name, "message bodies are text; dataType must be \"string\"");
        }

        return new QueueFunction(name, Required(name, trigger, "name"), Resolve(name, Required(name, trigger, "queueName"), settings));
    }

    private static TimerFunction ReadTimer(string name, JsonObject trigger, IReadOnlyDictionary<string, string> settings)
    {
        var schedule = Resolve(name, Required(name, trigger, "schedule"), settings);
        if (!CronExpression.TryParse(schedule, CronFormat.IncludeSeconds, out var cron))
        {
            throw Refused(name, $"the schedule '{schedule}' is no NCRONTAB expression of six fields");
        }

        return new TimerFunction(name, Required(name, trigger, "name"), cron, (bool?)trigger["runOnStartup"] == true);
    }

    private static string Resolve(string function, string text, IReadOnlyDictionary<string, string> settings) =>
        SettingName.Replace(text, match => settings.GetValueOrDefault(match.Groups[1].Value)
            ?? Environment.GetEnvironmentVariable(match.Groups[1].Value)
            ?? throw Refused(function, $"the setting {match.Value} is missing"));

    private static string Required(string function, JsonObject trigger, string name) =>
        (string?)trigger[name] is { Length: > 0 } value ? value : throw Refused(function, $"the trigger has no {name}");

    private static bool Is(JsonObject binding, string type) => type.Equals((string?)binding["type"], StringComparison.OrdinalIgnoreCase);

    private static InvalidDataException Refused(string function, string why) => new($"Function {function}: {why}.");

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex SettingName { get; }
}
