using BlokSec.Portal.Requests;

namespace BlokSec.Portal.Operations;

/// <summary>Which operations are looked at, as it stands in the address of the page. What the address has wrong is left out.</summary>
/// <param name="Status">How far they are.</param>
/// <param name="Stalled">Only those under way without progress.</param>
/// <param name="Kind">What they do.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
public sealed record OperationFilter(string? Status = null, bool Stalled = false, string? Kind = null, DateOnly? From = null, DateOnly? To = null)
{
    public static readonly (string Value, string Text)[] Statuses =
        [("underWay", "Under way"), ("failed", "Needs attention"), ("succeeded", "Done"), ("withdrawn", "Taken back"), ("notStarted", "Waiting"), ("running", "Running")];

    public static readonly (string Value, string Text)[] Kinds =
    [
        ("removeDevice", "Remove device"),
        ("unregisterAllDevices", "Unregister all devices"),
        ("enrollment", "Enrollment"),
        ("removeAccounts", "Remove accounts"),
        ("importUsers", "Import users"),
    ];

    public static OperationFilter Of(string? status, bool stalled, string? kind, string? from, string? to) => new(
        Statuses.Any(known => known.Value == status) ? status : null,
        stalled,
        Kinds.Any(known => known.Value == kind) ? kind : null,
        RequestFilter.DayOf(from),
        RequestFilter.DayOf(to));

    /// <summary>Whether the range ends before it begins.</summary>
    public bool IsReversed => From > To;

    /// <summary>The page with this filter.</summary>
    public string Address
    {
        get
        {
            var query = string.Join('&', Parts(RequestFilter.Text(From), RequestFilter.Text(To))
                .Where(part => part.Value is not null)
                .Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
            return query.Length == 0 ? "operations" : $"operations?{query}";
        }
    }

    /// <summary>The filter for the API: days begin and end on the administrator's own clock.</summary>
    public IEnumerable<(string Name, string? Value)> Query(TimeZoneInfo zone) =>
        Parts(RequestFilter.Instant(From, zone), RequestFilter.Instant(To?.AddDays(1), zone));

    private IEnumerable<(string Name, string? Value)> Parts(string? from, string? to) =>
        [("status", Status), ("stalled", Stalled ? "true" : null), ("kind", Kind), ("from", from), ("to", to)];
}
