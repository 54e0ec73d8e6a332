using System.Text.Json;

namespace BlokSec.Functions.AuditChain;

/// <summary>What the times that entries tell say of when they were written. Differences of times, as a forged one may be the first or last there is.</summary>
internal static class AuditTimes
{
    /// <summary>An entry that tells a time so long before what is sealed already was not written then.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    /// <summary>Clocks of instances differ by less.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>The time that a stored entry tells; null when that is none.</summary>
    public static DateTimeOffset? Of(JsonElement entry) =>
        entry.TryGetProperty("at", out var at) && at.ValueKind == JsonValueKind.String && at.TryGetDateTimeOffset(out var time) ? time : null;

    /// <summary>Whether an entry was not written when it says.</summary>
    /// <param name="at">The time that it tells.</param>
    /// <param name="latest">The latest time that entries of the blocks before tell; null when there are none.</param>
    public static bool IsLate(DateTimeOffset? at, DateTimeOffset? latest) => latest - at > Late;

    /// <summary>Whether an entry tells a time after the one at which its block was sealed.</summary>
    public static bool IsAhead(DateTimeOffset? at, DateTimeOffset sealedAt) => at - sealedAt > Skew;

    /// <summary>The latest time after another block. A time that is to come, by a wrong clock or a forger's hand, makes no later entry late.</summary>
    public static DateTimeOffset? Latest(DateTimeOffset? before, IEnumerable<DateTimeOffset?> times, DateTimeOffset sealedAt) =>
        times.Where(at => at <= sealedAt).Append(before).Max();
}
