using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>A call of a built-in function or an aggregate.</summary>
/// <param name="Name">In upper case.</param>
/// <param name="Arguments">The arguments.</param>
internal sealed record SqlCall(string Name, IReadOnlyList<SqlExpression> Arguments) : SqlExpression
{
    private static readonly HashSet<string> Aggregates = ["COUNT", "SUM", "MIN", "MAX", "AVG"];

    public bool IsAggregate => Aggregates.Contains(Name);

    public override IEnumerable<SqlExpression> Inner => Arguments;

    public override JsonElement Evaluate(SqlScope scope) => IsAggregate
        ? scope.Aggregated?.GetValueOrDefault(this) ?? throw CosmosRefusal.BadRequest($"The aggregate {Name} is not allowed here.")
        : SqlFunctions.Find(Name)([.. Arguments.Select(argument => argument.Evaluate(scope))]);

    /// <summary>The text identifies a call: two calls of the same text have the same value.</summary>
    public bool Equals(SqlCall? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{Name}({string.Join(", ", Arguments)})";
}
