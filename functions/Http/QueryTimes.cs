using System.Globalization;

namespace BlokSec.Functions.Http;

/// <summary>Times in the query of an address: RFC 3339.</summary>
internal static class QueryTimes
{
    public const string Pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,7})?([Zz]|[+-][0-9]{2}:[0-9]{2})$";

    public const string Fault = "is a time after RFC 3339, such as 2026-11-25T12:00:00Z";

    /// <summary>In UTC, as documents have it: times are compared as texts. The form was checked before.</summary>
    public static (bool IsValid, DateTimeOffset? Time) Read(string? text) => text is null ? (true, null)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time) ? (true, time)
        : (false, null);

    /// <summary>Reads a range; null when it is one.</summary>
    public static IResult? FaultOf(string? fromText, string? toText, out DateTimeOffset? from, out DateTimeOffset? to)
    {
        (var isFrom, from) = Read(fromText);
        (var isTo, to) = Read(toText);
        return (isFrom, isTo) switch
        {
            (false, _) => Problems.InvalidRequest("from", Fault),
            (_, false) => Problems.InvalidRequest("to", Fault),
            _ when from >= to => Problems.InvalidRequest("from", "is not before to"),
            _ => null,
        };
    }
}
