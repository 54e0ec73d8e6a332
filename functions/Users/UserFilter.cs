using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>Which of a tenant's users are asked for, and in which order.</summary>
/// <param name="Condition">Over <c>c</c>, what the user's own document says.</param>
/// <param name="Parameters">Values of all parameters.</param>
/// <param name="Facts">What other documents of the user say, those first that are looked for first.</param>
/// <param name="Sort">What the list is ordered by; null for the order that is at hand.</param>
/// <param name="IsDescending">Whether from the last to the first.</param>
internal sealed record UserFilter(
    string Condition, IReadOnlyList<(string Name, object Value)> Parameters, IReadOnlyList<UserFact> Facts, string? Sort, bool IsDescending)
{
    public const int MaxSearch = 100;
    public const string SearchFault = "is at most 100 characters";

    public const string States = "^(invited|active|resetting|unregistered|suspended|left)$";
    public const string StateFault = "is invited, active, resetting, unregistered, suspended or left";

    public const string DepartmentFault = "is at most 100 characters";

    public const string Applications = "^[A-Za-z0-9_-]{1,64}$";
    public const string ApplicationFault = "is 1 to 64 of A-Z a-z 0-9 _ -";

    public const string Claims = "^(open|expiring|locked)$";
    public const string ClaimFault = "is open, expiring or locked";

    public const string Yes = "^true$";
    public const string YesFault = "is true";

    public const string Sorts = "^(name|created|lastActive)$";
    public const string SortFault = "is name, created or lastActive";

    public const string ByLastActive = "lastActive";
    private const string ByCreated = "created";

    private const string IsHere = "NOT IS_STRING(c.leftAt)";
    private const string IsFree = $"{IsHere} AND NOT IS_STRING(c.suspension.at)";

    public string Direction => IsDescending ? "DESC" : "ASC";

    /// <summary>The member of the user's document that the list is ordered by.</summary>
    public string Order => Sort == ByCreated ? "c.createdAt" : "c.sortName";

    /// <summary>
    /// The same users in an order that stays while an export reads them: that of ids where other documents have a say, else that of creation. A phone that
    /// becomes active meanwhile neither hides its user nor tells the user twice.
    /// </summary>
    public UserFilter InSteadyOrder() => Sort == ByLastActive
        ? this with { Facts = [.. Facts, UserFact.HasDevice], Sort = null }
        : this with { Sort = Facts.Count > 0 ? null : ByCreated };

    /// <summary>Reads the filter; what one parameter alone can have wrong was checked before.</summary>
    /// <param name="query">What was asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">The refusal; null when there is a filter.</param>
    /// <returns>The filter; null when it was refused.</returns>
    public static UserFilter? Read(UserQuery query, DateTimeOffset now, out IResult? fault)
    {
        var facts = UserFact.Of(query, now).ToArray();
        fault = query switch
        {
            { Sort: ByLastActive, Application: not null } => Problems.InvalidRequest("sort", "lastActive is not for the users of an application"),
            { Sort: not (null or ByLastActive) } when facts.Length > 0 => Problems.InvalidRequest(
                "sort", "name and created are not for lists by application, push, unusedDays, claim or unconfirmedRemoval"),
            { Direction: not null, Sort: null } when facts.Length > 0 => Problems.InvalidRequest("direction", "requires sort"),
            _ => null,
        };
        if (fault is not null)
        {
            return null;
        }

        var (search, parameters) = Search(query.Search ?? "");
        var condition = $"c.type = 'user'{State(query.State)}{(query.Department is null ? "" : " AND c.departmentKey = @department")}{search}";
        return new UserFilter(
            DepartmentScope.OfCall?.Narrow(condition) ?? condition,
            [
                .. parameters,
                .. query.Department is { } department ? [("@department", FoldedNames.Fold(department))] : Array.Empty<(string, object)>(),
                .. DepartmentScope.OfCall?.Parameters ?? [],
                .. facts.SelectMany(fact => fact.Parameters),
            ],
            facts,
            query.Sort,
            query.Direction == Directions.Descending);
    }

    /// <summary>As <see cref="UserViews.State"/> decides.</summary>
    private static string State(string? state) => state switch
    {
        null => "",
        "left" => " AND IS_STRING(c.leftAt)",
        "suspended" => $" AND {IsHere} AND IS_STRING(c.suspension.at)",
        "active" => $" AND {IsFree} AND c.didState = 'active'",
        "resetting" => $" AND {IsFree} AND c.didState = 'resetting'",
        "unregistered" => $" AND {IsFree} AND c.didState = 'unclaimed' AND c.epoch > 1",
        _ => $" AND {IsFree} AND c.didState = 'unclaimed' AND c.epoch <= 1",
    };

    /// <summary>
    /// All words in the stored form, or all words as they were typed: documents that were stored before the form existed hold the text in lower
    /// case only. The app stores the form whenever it writes the user. Or how the user name of a directory begins.
    /// </summary>
    private static (string Text, IReadOnlyList<(string, object)> Parameters) Search(string search)
    {
        var parameters = new List<(string Name, object Word)>();
        IReadOnlyList<string>[] forms =
        [
            SearchText.Query(search),
            search.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        ];
        var conditions = forms
            .Where(words => words.Count > 0)
            .DistinctBy(words => string.Join(' ', words))
            .Select(words => string.Join(" AND ", words.Select(word => $"CONTAINS(c.searchText, {Parameter(word)})")))
            .ToList();
        if (conditions.Count > 0)
        {
            conditions.Add($"STARTSWITH(c.userNameKey, {Parameter(FoldedNames.Fold(search.Trim()))})");
        }

        return (conditions.Count == 0 ? "" : $" AND (({string.Join(") OR (", conditions)}))", parameters);

        string Parameter(string word)
        {
            var name = $"@word{parameters.Count}";
            parameters.Add((name, word));
            return name;
        }
    }
}

/// <summary>What of a tenant's users is asked for; null is whatever there is.</summary>
internal sealed record UserQuery(
    string? Search,
    string? State,
    string? Department,
    string? Application,
    string? Push,
    int? UnusedDays,
    string? Claim,
    string? UnconfirmedRemoval,
    string? Sort,
    string? Direction)
{
    /// <summary>What was asked for, by name, for the audit of an export.</summary>
    public Dictionary<string, string?> Said() => Parts.Where(part => part.Value is not null).ToDictionary(part => part.Name, part => part.Value);

    private (string Name, string? Value)[] Parts =>
    [
        ("search", Search), ("state", State), ("department", Department), ("application", Application), ("push", Push), ("unusedDays", CsvCells.Text(UnusedDays)),
        ("claim", Claim), ("unconfirmedRemoval", UnconfirmedRemoval), ("sort", Sort), ("direction", Direction),
    ];
}
