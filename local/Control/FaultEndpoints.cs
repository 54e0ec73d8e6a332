using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Control;

/// <summary>The fault switches of all stand-ins, and the requests that they saw.</summary>
internal static class FaultEndpoints
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Maps <c>/faults</c> and <c>/traffic</c>.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, Traffic traffic)
    {
        endpoints.MapGet("/faults", () => Results.Json(traffic.Faults, Json));
        endpoints.MapDelete("/faults", () =>
        {
            traffic.Clear();
            return Results.NoContent();
        });
        endpoints.MapPost("/faults", (HttpRequest request) => AddAsync(traffic, request));
        endpoints.MapGet("/traffic", (long? after) => Results.Json(traffic.Since(after ?? 0).TakeLast(200), Json));
    }

    private static async Task<IResult> AddAsync(Traffic traffic, HttpRequest request)
    {
        try
        {
            var rule = await JsonSerializer.DeserializeAsync<FaultRule>(request.Body, Json, request.HttpContext.RequestAborted)
                ?? throw new JsonException("The body is null.");
            if (WhatIsWrong(rule, traffic.StandIns) is { } wrong)
            {
                return Refused(wrong);
            }

            traffic.Add(rule);
            return Results.Json(traffic.Faults, Json, statusCode: StatusCodes.Status201Created);
        }
        catch (JsonException exception)
        {
            return Refused($"The body is not a fault rule: {exception.Message}");
        }
    }

    /// <summary>A rule that can never strike, or does nothing when it does, is a misspelled one; null for any other.</summary>
    private static string? WhatIsWrong(FaultRule rule, IReadOnlyDictionary<string, IReadOnlyList<string>> standIns)
    {
        if (rule.StandIn is { } standIn && !standIns.ContainsKey(standIn))
        {
            return $"There is no stand-in '{standIn}'. Known: {List(standIns.Keys)}.";
        }

        var operations = (rule.StandIn is null ? standIns.Values.SelectMany(known => known) : standIns[rule.StandIn]).Distinct();
        if (rule.Operation is { } operation && !operations.Contains(operation, StringComparer.OrdinalIgnoreCase))
        {
            return $"There is no operation '{operation}' of {rule.StandIn ?? "any stand-in"}. Known: {List(operations)}.";
        }

        return rule switch
        {
            { Status: < 200 or > 599 } => "status must be from 200 to 599.",
            { Times: < 1 } => "times must be at least 1; leave it out for a fault that stays.",
            { DelayMilliseconds: < 0 } => "delayMilliseconds must not be negative.",
            { Status: null, DelayMilliseconds: null, Drop: false, Duplicate: false, Lose: false, Reorder: false } =>
                "The rule does nothing: set status, delayMilliseconds, drop, duplicate, lose or reorder.",
            _ => null,
        };
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static IResult Refused(string why) => Results.Problem(why, statusCode: StatusCodes.Status400BadRequest);
}
