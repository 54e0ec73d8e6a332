using System.Globalization;

namespace BlokSec.Verify;

/// <summary>Times in documents: seconds since 1970 (RFC 7519, NumericDate).</summary>
internal static class Times
{
    /// <summary>The year 9000: what is later is no time, and nothing can be added to it.</summary>
    private const long Latest = 221_845_392_000;

    /// <summary>Whether a number can be a time.</summary>
    public static bool IsTime(decimal seconds) => seconds is >= 0 and <= Latest;

    /// <summary>The time; the number must be one.</summary>
    public static DateTimeOffset Of(decimal seconds) => DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));

    /// <summary>As people read it, such as <c>2026-11-25 12:03:05Z</c>.</summary>
    public static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
