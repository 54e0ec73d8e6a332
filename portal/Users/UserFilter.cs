using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Portal.Api;

namespace BlokSec.Portal.Users;

/// <summary>Which users are looked at and in which order, as it stands in the address of the page. What the address has wrong is left out.</summary>
public sealed record UserFilter
{
    public const string ByName = "name";
    public const string ByCreated = "created";
    public const string ByLastActive = "lastActive";

    private static readonly string[] States = ["invited", "active", "resetting", "unregistered", "suspended", "left"];
    private static readonly string[] Pushes = ["receiving", "notReceiving", "notificationsOff", "unknown", "none"];
    private static readonly string[] Claims = ["open", "expiring", "locked"];

    public string Search { get; init; } = "";

    public string? State { get; init; }

    public string? Department { get; init; }

    /// <summary>The id of an application in which they have an account.</summary>
    public string? Application { get; init; }

    /// <summary>Whether push notifications reach the active device.</summary>
    public string? Push { get; init; }

    /// <summary>Days that no device was active.</summary>
    public int? UnusedDays { get; init; }

    /// <summary>open, expiring or locked.</summary>
    public string? Claim { get; init; }

    public bool UnconfirmedRemoval { get; init; }

    public string? Sort { get; init; }

    public bool IsDescending { get; init; }

    /// <summary>How many things beside the search are asked for.</summary>
    public int Count => new[] { State, Department, Application, Push, Claim }.Count(value => value is not null) + (UnusedDays is null ? 0 : 1) + (UnconfirmedRemoval ? 1 : 0);

    /// <summary>Whether it leaves anybody out.</summary>
    public bool IsNarrow => Count > 0 || Search.Length > 0;

    /// <summary>Whether other documents than the user's have a say: such lists have no order by name or time of creation.</summary>
    public bool IsByFact => (Application ?? Push ?? Claim) is not null || UnusedDays is not null || UnconfirmedRemoval;

    /// <summary>Whether the list can be in the order of the last activity.</summary>
    public bool CanSortByLastActive => Application is null;

    public string Address => QueryString.Address("users", Query);

    /// <summary>The filter for the API and the address.</summary>
    public IEnumerable<(string Name, string? Value)> Query =>
    [
        ("search", Search), ("state", State), ("department", Department), ("application", Application), ("push", Push), ("unusedDays", UnusedDays?.ToString(CultureInfo.InvariantCulture)),
        ("claim", Claim), ("unconfirmedRemoval", UnconfirmedRemoval ? "true" : null), ("sort", Sort), ("direction", IsDescending ? "desc" : null),
    ];

    /// <summary>Without what cannot be asked for, and without an order that such a list does not have.</summary>
    public UserFilter Normal()
    {
        var isSorted = Sort switch { ByLastActive => CanSortByLastActive, ByName or ByCreated => !IsByFact, _ => false };
        return this with
        {
            State = States.Contains(State) ? State : null,
            Push = Pushes.Contains(Push) ? Push : null,
            Claim = Claims.Contains(Claim) ? Claim : null,
            UnusedDays = UnusedDays is >= 1 and <= 3_650 ? UnusedDays : null,
            Department = Department?.Trim() is { Length: > 0 and <= AdministratorScope.MaxDepartment } department ? department : null,
            Application = string.IsNullOrEmpty(Application) ? null : Application,
            Sort = isSorted ? Sort : null,
            IsDescending = isSorted && IsDescending,
        };
    }
}
