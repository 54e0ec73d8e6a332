using System.Text.Json;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Signals;

/// <summary>What a receiver polls with (RFC 8936, section 2.2).</summary>
/// <param name="MaxEvents">How many events it wants at most; 0 for none.</param>
/// <param name="ReturnImmediately">Whether it does not wait for an event.</param>
/// <param name="Settled">Events that it took, and those that it refuses, with why.</param>
internal sealed record PollRequest(int MaxEvents, bool ReturnImmediately, IReadOnlyDictionary<string, string?> Settled)
{
    /// <summary>Events that one answer has at most.</summary>
    public const int MostEvents = 100;

    /// <summary>Events that one request settles at most.</summary>
    private const int MostSettled = 1_000;

    private const int LongestId = 200;
    private const int LongestText = 200;

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidFieldException">A member is not as it has to be.</exception>
    public static PollRequest Read(JsonElement body)
    {
        var settled = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var id in body.Texts("ack", MostSettled, LongestId) ?? [])
        {
            settled[id] = null;
        }

        if (body.Member("setErrs") is { } faults)
        {
            AddFaults(faults, settled);
        }

        return new PollRequest(MaximumOf(body), ReturnsImmediately(body), settled);
    }

    private static void AddFaults(JsonElement faults, Dictionary<string, string?> settled)
    {
        if (faults.ValueKind != JsonValueKind.Object || faults.GetPropertyCount() > MostSettled)
        {
            throw new InvalidFieldException("setErrs", $"is an object with at most {MostSettled} members");
        }

        foreach (var fault in faults.EnumerateObject())
        {
            if (fault.Value.ValueKind != JsonValueKind.Object || fault.Name.Length > LongestId)
            {
                throw new InvalidFieldException("setErrs", "has an object with err and description for each event");
            }

            var err = DisplayTexts.Clean(fault.Value.Text("err", 1_000), LongestText) ?? "no reason";
            var description = DisplayTexts.Clean(fault.Value.Text("description", 10_000), LongestText);
            settled[fault.Name] = $"The receiver answered {err}{(description is null ? "" : $": {description}")}";
        }
    }

    private static int MaximumOf(JsonElement body) => body.Member("maxEvents") switch
    {
        null => MostEvents,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var most) && most >= 0 => (int)Math.Min(most, MostEvents),
        _ => throw new InvalidFieldException("maxEvents", "is a whole number that is not negative"),
    };

    private static bool ReturnsImmediately(JsonElement body) => body.Member("returnImmediately") switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw new InvalidFieldException("returnImmediately", "is true or false"),
    };
}
