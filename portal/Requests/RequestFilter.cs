using System.Globalization;

namespace BlokSec.Portal.Requests;

/// <summary>Which sign-in requests are looked at, as it stands in the address of the page. What the address has wrong is left out.</summary>
/// <param name="Days">How many days back; null for a range.</param>
/// <param name="From">The first day of the range.</param>
/// <param name="To">The last day of the range.</param>
/// <param name="Status">How they ended.</param>
/// <param name="Reason">Why they were denied.</param>
/// <param name="Application">The application's id.</param>
/// <param name="Method">Push, Passcode or BlokBadge.</param>
public sealed record RequestFilter(
    int? Days = RequestFilter.DefaultDays,
    DateOnly? From = null,
    DateOnly? To = null,
    string? Status = null,
    string? Reason = null,
    string? Application = null,
    string? Method = null)
{
    /// <summary>The device that it was pushed to or that answered.</summary>
    public string? Device { get; init; }

    /// <summary>Only those that are marked for review.</summary>
    public bool Review { get; init; }

    public const int DefaultDays = 7;

    private const string Day = "yyyy-MM-dd";

    public static readonly int[] Periods = [7, 30, 90];

    /// <summary>The filter that the address names.</summary>
    public static RequestFilter Of(
        int? days, string? from, string? to, string? status, string? reason, string? application, string? method, string? device = null, bool review = false)
    {
        var (first, last) = (DayOf(from), DayOf(to));
        return new RequestFilter(
            (first ?? last) is not null ? null : days is { } known && Periods.Contains(known) ? known : DefaultDays,
            first,
            last,
            Text(status),
            Text(reason),
            Text(application),
            Text(method))
        {
            Device = Text(device),
            Review = review,
        };
    }

    /// <summary>Whether the range ends before it begins.</summary>
    public bool IsReversed => From > To;

    /// <summary>Whether it leaves out anything but what is old.</summary>
    public bool IsNarrow => (Status ?? Reason ?? Application ?? Method ?? Device) is not null || Review;

    /// <summary>With a range or a number of days, never both and never none.</summary>
    public RequestFilter Dated() => (From ?? To) is not null ? this with { Days = null } : this with { Days = Days ?? DefaultDays };

    /// <summary>The page of all users with this filter.</summary>
    public string TenantAddress => $"requests{Suffix}";

    /// <summary>The page with this filter.</summary>
    public string Address(string userId) => $"users/{Uri.EscapeDataString(userId)}/authentication-requests{Suffix}";

    /// <summary>A request, from which the way leads back to this filter.</summary>
    public string Address(string userId, string requestId) =>
        $"users/{Uri.EscapeDataString(userId)}/authentication-requests/{Uri.EscapeDataString(requestId)}{Suffix}";

    /// <summary>The filter for the API: days begin and end on the administrator's own clock.</summary>
    public IEnumerable<(string Name, string? Value)> Query(TimeZoneInfo zone) =>
    [
        ("days", Number(Days)),
        ("from", Instant(From, zone)),
        ("to", Instant(To?.AddDays(To < DateOnly.MaxValue ? 1 : 0), zone)),
        ("status", Status),
        ("reason", Reason),
        ("application", Application),
        ("method", Method),
        ("device", Device),
        ("review", Review ? "true" : null),
    ];

    public static DateOnly? DayOf(string? text) =>
        DateOnly.TryParseExact(text, Day, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1 and < 9999 ? day : null;

    public static string? Text(DateOnly? day) => day?.ToString(Day, CultureInfo.InvariantCulture);

    private string Suffix
    {
        get
        {
            (string Name, string? Value)[] parts =
            [
                ("days", Days == DefaultDays ? null : Number(Days)),
                ("from", Text(From)),
                ("to", Text(To)),
                ("status", Status),
                ("reason", Reason),
                ("application", Application),
                ("method", Method),
                ("device", Device),
                ("review", Review ? "true" : null),
            ];
            var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
            return query.Length == 0 ? "" : $"?{query}";
        }
    }

    private static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);

    /// <summary>When a day begins on a clock, as the API takes it.</summary>
    public static string? Instant(DateOnly? day, TimeZoneInfo zone)
    {
        if (day is not { } known)
        {
            return null;
        }

        var midnight = known.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.GetUtcOffset(midnight)).ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
