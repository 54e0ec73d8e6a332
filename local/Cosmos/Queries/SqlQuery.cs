namespace BlokSec.Local.Cosmos.Queries;

/// <summary>A SELECT statement.</summary>
internal sealed record SqlQuery
{
    public required SqlSelect Select { get; init; }

    /// <summary>The name of the row in FROM.</summary>
    public required string Alias { get; init; }

    public SqlExpression? Where { get; init; }

    public IReadOnlyList<SqlOrder> OrderBy { get; init; } = [];

    /// <summary>OFFSET: how many rows are left out first.</summary>
    public SqlExpression? Offset { get; init; }

    /// <summary>LIMIT or TOP: the most rows that are answered.</summary>
    public SqlExpression? Limit { get; init; }

    public bool IsTop { get; init; }

    /// <summary>The aggregates of SELECT.</summary>
    public IReadOnlyList<SqlCall> Aggregates => [.. Select.Expressions.SelectMany(item => item.All).OfType<SqlCall>().Where(call => call.IsAggregate).Distinct()];

    public override string ToString()
    {
        var top = IsTop ? $"TOP {Limit} " : string.Empty;
        var where = Where is null ? string.Empty : $" WHERE {Where}";
        var order = OrderBy.Count == 0 ? string.Empty : $" ORDER BY {string.Join(", ", OrderBy)}";
        var page = Limit is null || IsTop ? string.Empty : $" OFFSET {Offset ?? new SqlConstant(SqlValue.Of(0))} LIMIT {Limit}";
        return $"SELECT {top}{Select} FROM {Alias}{where}{order}{page}";
    }
}

/// <summary>One path of ORDER BY.</summary>
internal sealed record SqlOrder(SqlExpression Key, bool Descending)
{
    public override string ToString() => $"{Key} {(Descending ? "DESC" : "ASC")}";
}

/// <summary>What a query answers for each row.</summary>
internal abstract record SqlSelect
{
    public abstract IEnumerable<SqlExpression> Expressions { get; }
}

/// <summary><c>SELECT *</c>.</summary>
internal sealed record SqlSelectAll : SqlSelect
{
    public override IEnumerable<SqlExpression> Expressions => [];

    public override string ToString() => "*";
}

/// <summary><c>SELECT VALUE expression</c>.</summary>
internal sealed record SqlSelectValue(SqlExpression Value) : SqlSelect
{
    public override IEnumerable<SqlExpression> Expressions => [Value];

    public override string ToString() => $"VALUE {Value}";
}

/// <summary><c>SELECT c.a, c.b AS x</c>, which answers an object.</summary>
internal sealed record SqlSelectList(IReadOnlyList<(string Name, SqlExpression Value)> Items) : SqlSelect
{
    public override IEnumerable<SqlExpression> Expressions => Items.Select(item => item.Value);

    public override string ToString() => string.Join(", ", Items.Select(item => $"{item.Value} AS {item.Name}"));
}
