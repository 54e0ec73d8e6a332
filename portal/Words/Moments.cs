using System.Globalization;

namespace BlokSec.Portal.Words;

/// <summary>Times as people read them: how long ago, and exactly when on their own clock. No culture is needed for it.</summary>
public sealed class Moments(TimeProvider time)
{
    /// <summary>Relative times older than this are told as the day.</summary>
    private const int DaysToldAsAgo = 60;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Such as <c>2026-11-25 12:03:05 (UTC+01:00)</c>.</summary>
    public string Exact(DateTimeOffset at)
    {
        var local = Local(at);
        var zone = local.Offset == TimeSpan.Zero
            ? "UTC"
            : $"UTC{(local.Offset < TimeSpan.Zero ? '-' : '+')}{local.Offset.ToString(@"hh\:mm", CultureInfo.InvariantCulture)}";
        return $"{Text(local, "yyyy-MM-dd HH:mm:ss")} ({zone})";
    }

    /// <summary>Such as <c>2026-11-25</c>.</summary>
    public string Day(DateTimeOffset at) => Text(Local(at), "yyyy-MM-dd");

    /// <summary>Such as <c>12:03</c> today, <c>2026-11-24 12:03</c> on another day.</summary>
    public string Minute(DateTimeOffset at) => Text(Local(at), IsToday(at) ? "HH:mm" : "yyyy-MM-dd HH:mm");

    /// <summary>Such as <c>12:03:05</c> today, <c>2026-11-24 12:03:05</c> on another day.</summary>
    public string Second(DateTimeOffset at) => Text(Local(at), IsToday(at) ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss");

    /// <summary>Such as <c>3 minutes ago</c> or <c>in 2 hours</c>.</summary>
    public string Relative(DateTimeOffset at)
    {
        var distance = Now - at;
        var length = distance.Duration();
        if (length < TimeSpan.FromSeconds(10))
        {
            return distance >= TimeSpan.Zero ? "just now" : "in a moment";
        }

        if (length.TotalDays >= DaysToldAsAgo)
        {
            return $"on {Day(at)}";
        }

        return distance >= TimeSpan.Zero ? $"{Length(length)} ago" : $"in {Length(length)}";
    }

    /// <summary>What is left until a time, such as <c>23 h 59 min</c> or <c>9 min 05 s</c>; null when it is over.</summary>
    public string? Left(DateTimeOffset until)
    {
        var left = until - Now;
        return left switch
        {
            _ when left <= TimeSpan.Zero => null,
            { TotalDays: >= 1 } => Invariant($"{(int)left.TotalDays} d {left.Hours} h"),
            { TotalHours: >= 1 } => Invariant($"{left.Hours} h {left.Minutes:00} min"),
            { TotalMinutes: >= 1 } => Invariant($"{left.Minutes} min {left.Seconds:00} s"),
            _ => Invariant($"{Math.Ceiling(left.TotalSeconds)} s"),
        };
    }

    private static string Length(TimeSpan length) => length switch
    {
        { TotalMinutes: < 1 } => Plural.Of((int)length.TotalSeconds, "second"),
        { TotalHours: < 1 } => Plural.Of((int)length.TotalMinutes, "minute"),
        { TotalDays: < 1 } => Plural.Of((int)length.TotalHours, "hour"),
        _ => Plural.Of((int)length.TotalDays, "day"),
    };

    private bool IsToday(DateTimeOffset at) => Local(at).Date == Local(Now).Date;

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, time.LocalTimeZone);

    private static string Text(DateTimeOffset at, string format) => at.ToString(format, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
