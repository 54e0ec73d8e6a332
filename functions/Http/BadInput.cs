using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BlokSec.Functions.Http;

/// <summary>A part of a request is not as it has to be.</summary>
/// <param name="field">Which part.</param>
/// <param name="reason">What is wrong with it, without what was sent.</param>
internal sealed class InvalidFieldException(string field, string reason) : BadHttpRequestException($"{field} {reason}")
{
    public string Field { get; } = field;

    public string Reason { get; } = reason;
}

/// <summary>
/// Says what is wrong with a request that could not be bound. The framework's texts name .NET types and repeat what was sent, so they are
/// only read, never passed on.
/// </summary>
internal static partial class BadInput
{
    private const string Body = "body";

    /// <summary>Characters of a member's path that are repeated to its sender.</summary>
    private const int MaxPathLength = 100;

    public static ProblemHttpResult Explain(BadHttpRequestException exception) => exception switch
    {
        InvalidFieldException invalid => Problems.InvalidRequest(invalid.Field, invalid.Reason),
        { InnerException: JsonException json } => Explain(json),
        _ when Unbound().Match(exception.Message) is { Success: true } unbound =>
            Problems.InvalidRequest(unbound.Groups["name"].Value, "has the wrong type"),
        _ when exception.Message.Contains("no body was provided", StringComparison.Ordinal)
            || exception.Message.Contains("was not provided from body", StringComparison.Ordinal) =>
            Problems.InvalidRequest(Body, "is missing"),
        _ => Problems.InvalidRequest("request", "cannot be read"),
    };

    private static ProblemHttpResult Explain(JsonException exception)
    {
        var path = exception.Path is { Length: > 2 } whole && whole.StartsWith("$.", StringComparison.Ordinal) ? whole[2..] : "";
        if (Missing().Match(exception.Message) is { Success: true } missing)
        {
            var prefix = path.Length == 0 ? "" : $"{path}.";
            return Problems.InvalidRequest(Quoted().Matches(missing.Groups["names"].Value).ToDictionary(
                name => prefix + name.Groups["name"].Value, string[] (_) => ["is missing"]));
        }

        var field = path switch { "" => Body, { Length: > MaxPathLength } => $"{path[..MaxPathLength]}…", _ => path };
        return Problems.InvalidRequest(field, Reason(exception.Message));
    }

    private static string Reason(string message)
    {
        return message switch
        {
            _ when Says("could not be mapped to any .NET member") => "is not a member of this request",
            _ when Says("Duplicate property") => "is there more than once",
            _ when Says("doesn't allow setting null values") => "must not be null",
            _ when Says("could not be converted") => "has the wrong type or an unknown value",
            _ when Says("maximum configured depth") => $"is nested deeper than {RequestLimits.MaxJsonDepth}",
            _ => "is not valid JSON",
        };

        bool Says(string text) => message.Contains(text, StringComparison.Ordinal);
    }

    /// <summary>A route, query or header value that does not fit its type.</summary>
    [GeneratedRegex("^Failed to bind parameter \"[^\"]* (?<name>[A-Za-z]+)\" from ", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Unbound();

    [GeneratedRegex("missing required properties including: (?<names>.*)$", RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Missing();

    [GeneratedRegex("'(?<name>[^']+)'", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Quoted();
}
