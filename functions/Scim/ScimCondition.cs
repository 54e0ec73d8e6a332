using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Scim;

/// <summary>
/// A filter as a condition of the database. Only what an index answers is asked for: names, ids, addresses, and whether a user is active. What else a
/// filter says is looked at in the few users that one of those finds; a filter without one is refused.
/// </summary>
/// <param name="Sql">The condition over <c>c</c>; everybody who meets the filter meets it.</param>
/// <param name="IsExact">Whether everybody who meets it meets the filter.</param>
/// <param name="IsSelective">Whether few users meet it, however many there are.</param>
internal sealed record ScimCondition(string Sql, bool IsExact, bool IsSelective)
{
    /// <summary>The name of the first value.</summary>
    public const string FirstParameter = "@value0";

    private const string NotSuspended = "NOT IS_DEFINED(c.suspension.at)";

    private static readonly ScimCondition Everybody = new("true", IsExact: true, IsSelective: false);

    private static readonly ScimCondition Unknown = new("true", IsExact: false, IsSelective: false);

    /// <summary>The condition, and the values of its parameters.</summary>
    /// <exception cref="ScimRefusal">No index answers the filter.</exception>
    public static (ScimCondition Condition, IReadOnlyList<(string Name, object Value)> Parameters) Of(ScimFilter filter)
    {
        var parameters = new List<(string Name, object Value)>();
        var condition = Of(filter, parameters);
        return condition.IsExact || condition.IsSelective
            ? (condition, parameters)
            : throw ScimRefusal.InvalidFilter(
                "Users are found by userName, externalId, id and emails with eq, together with anything else by and; and by active and department.");
    }

    private static ScimCondition Of(ScimFilter filter, List<(string Name, object Value)> parameters) => filter switch
    {
        ScimFilter.And both => And(Of(both.Left, parameters), Of(both.Right, parameters)),
        ScimFilter.Or either => Or(Of(either.Left, parameters), Of(either.Right, parameters)),
        ScimFilter.Not denied => Not(Of(denied.Inner, parameters)),
        ScimFilter.Any any => Of(any.Inner, parameters) is var inner && inner.IsSelective ? inner with { IsExact = false } : Unknown,
        ScimFilter.Present { Path: { IsOfExtension: false, Sub: null, Attribute.Name: "userName" or "id" or "active" } } => Everybody,
        ScimFilter.Compare { Operator: ScimOperator.Eq, Value: { } value, Path: { IsOfExtension: true, Attribute.Name: "department" } path } =>
            Of(path, value.ToString(), parameters),
        ScimFilter.Compare { Operator: ScimOperator.Eq, Value: { } value, Path: { IsOfExtension: false } path } => Of(path, value.ToString(), parameters),
        _ => Unknown,
    };

    private static ScimCondition Of(ScimPath path, string value, List<(string Name, object Value)> parameters)
    {
        return (path.Attribute!.Name, path.Sub?.Name) switch
        {
            ("id", null) => Key($"c.userId = {Parameter(value)}"),
            ("externalId", null) => Key($"c.externalId = {Parameter(value)}"),
            ("userName", null) => Key(UserName(Parameter(FoldedNames.Fold(value)))),
            ("emails", "value") => Key(Email(Parameter(FoldedNames.Fold(value)))) with { IsExact = false },
            ("department", null) => new ScimCondition($"c.departmentKey = {Parameter(FoldedNames.Fold(value))}", IsExact: true, IsSelective: false),
            ("active", null) => new ScimCondition(value == "true" ? NotSuspended : $"NOT {NotSuspended}", IsExact: true, IsSelective: false),
            _ => Unknown,
        };

        string Parameter(string text)
        {
            var name = $"@value{parameters.Count}";
            parameters.Add((name, text));
            return name;
        }
    }

    private static ScimCondition Key(string sql) => new(sql, IsExact: true, IsSelective: true);

    /// <summary>Users of earlier versions have no user name but their address.</summary>
    private static string UserName(string name) => $"(c.userNameKey = {name} OR (NOT IS_DEFINED(c.userNameKey) AND STRINGEQUALS(c.email, {name}, true)))";

    private static string Email(string name) =>
        $"(c.emailKey = {name} OR ARRAY_CONTAINS(c.directoryEmails, {name}) OR (NOT IS_DEFINED(c.emailKey) AND STRINGEQUALS(c.email, {name}, true)))";

    private static ScimCondition And(ScimCondition left, ScimCondition right) => new(
        left == Unknown ? right.Sql : right == Unknown ? left.Sql : $"({left.Sql} AND {right.Sql})",
        left.IsExact && right.IsExact,
        left.IsSelective || right.IsSelective);

    private static ScimCondition Or(ScimCondition left, ScimCondition right) => new(
        $"({left.Sql} OR {right.Sql})", left.IsExact && right.IsExact, left.IsSelective && right.IsSelective);

    private static ScimCondition Not(ScimCondition inner) => inner.IsExact ? new($"NOT ({inner.Sql})", IsExact: true, IsSelective: false) : Unknown;
}
