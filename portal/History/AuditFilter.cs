using System.Globalization;
using BlokSec.Portal.Requests;

namespace BlokSec.Portal.History;

/// <summary>Which audit entries are looked at, as it stands in the address of the page. What the address has wrong is left out.</summary>
/// <param name="Text">What is looked for in the actor's name, the action, the reason and the targets.</param>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Actor">Who did it: the id, or a part of the name.</param>
/// <param name="Action">What was done.</param>
/// <param name="User">The user's id.</param>
/// <param name="Target">One of the ids it was done to.</param>
/// <param name="Operation">The operation's id.</param>
/// <param name="Alert">Only what somebody has to look at.</param>
internal sealed record AuditFilter(
    string? Text = null,
    DateOnly? From = null,
    DateOnly? To = null,
    string? Actor = null,
    string? Action = null,
    string? User = null,
    string? Target = null,
    string? Operation = null,
    bool Alert = false)
{
    private const string Milliseconds = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>The moment from which on entries are listed where there is no first day: a number of the overview is counted from it.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether the range ends before it begins.</summary>
    public bool IsReversed => From > To;

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsNarrow => this != new AuditFilter();

    /// <summary>The page with this filter.</summary>
    public string Address
    {
        get
        {
            (string Name, string? Value)[] parts = [.. Parts(RequestFilter.Text(From), RequestFilter.Text(To), "user", "operation"), ("since", From is null ? Written(Since) : null)];
            var query = string.Join('&', parts.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));
            return query.Length == 0 ? "audit" : $"audit?{query}";
        }
    }

    /// <summary>The filter for the API: days begin and end on the administrator's own clock.</summary>
    public IEnumerable<(string Name, string? Value)> Query(TimeZoneInfo zone) =>
        Parts(RequestFilter.Instant(From, zone) ?? Written(Since), RequestFilter.Instant(To?.AddDays(To < DateOnly.MaxValue ? 1 : 0), zone), "userId", "operationId");

    public static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>The moment that the address names; null where it names none.</summary>
    public static DateTimeOffset? MomentOf(string? text) => DateTimeOffset.TryParseExact(
        text, Milliseconds, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment.Year is > 1 and < 9999 ? moment : null;

    private static string? Written(DateTimeOffset? moment) => moment?.UtcDateTime.ToString(Milliseconds, CultureInfo.InvariantCulture);

    private IEnumerable<(string Name, string? Value)> Parts(string? from, string? to, string user, string operation) =>
    [
        ("text", Text),
        ("from", from),
        ("to", to),
        ("actor", Actor),
        ("action", Action),
        (user, User),
        ("target", Target),
        (operation, Operation),
        ("alert", Alert ? "true" : null),
    ];
}
