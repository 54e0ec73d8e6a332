using Parlot.Fluent;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>The grammar of the part of Cosmos SQL that is known here (https://learn.microsoft.com/azure/cosmos-db/nosql/query).</summary>
internal static class SqlGrammar
{
    static SqlGrammar()
    {
        var expression = SqlExpressionGrammar.Expression;
        var name = SqlExpressionGrammar.Name;

        // FROM c, FROM root c, FROM root AS c
        var from = Word("FROM").SkipAnd(name).And(Word("AS").Optional().SkipAnd(name).Optional())
            .Then(parts => parts.Item2.OrSome(parts.Item1)!);
        var where = Word("WHERE").SkipAnd(expression);
        Condition = from.And(where).Eof().Then(parts => new SqlCondition(parts.Item1, parts.Item2));

        var top = Word("TOP").SkipAnd(expression);
        var order = expression.And(Word("ASC").Or(Word("DESC")).Optional())
            .Then(parts => new SqlOrder(parts.Item1, "DESC".Equals(parts.Item2.OrSome(null), StringComparison.OrdinalIgnoreCase)));
        var orders = Word("ORDER").AndSkip(Word("BY")).SkipAnd(Separated(Terms.Char(','), order));
        var page = Word("OFFSET").SkipAnd(expression).AndSkip(Word("LIMIT")).And(expression);

        Query = Word("SELECT").SkipAnd(top.Optional()).And(Select(expression, name)).And(from).And(where.Optional()).And(orders.Optional())
            .And(page.Optional()).Eof().Then(parts => new SqlQuery
            {
                IsTop = parts.Item1.HasValue,
                Select = parts.Item2,
                Alias = parts.Item3,
                Where = parts.Item4.OrSome(null),
                OrderBy = parts.Item5.OrSome(null) ?? [],
                Offset = parts.Item6.HasValue ? parts.Item6.Value.Item1 : null,
                Limit = parts.Item6.HasValue ? parts.Item6.Value.Item2 : parts.Item1.OrSome(null),
            });
    }

    public static Parser<SqlQuery> Query { get; }

    /// <summary><c>FROM c WHERE ...</c>, the condition of a patch.</summary>
    public static Parser<SqlCondition> Condition { get; }

    private static Parser<SqlSelect> Select(Parser<SqlExpression> expression, Parser<string> name)
    {
        var item = expression.And(Word("AS").Optional().SkipAnd(name).Optional()).Then(parts => (parts.Item2.OrSome(null), parts.Item1));
        return OneOf(
            Terms.Char('*').Then<SqlSelect>(_ => new SqlSelectAll()),
            Word("VALUE").SkipAnd(expression).Then<SqlSelect>(value => new SqlSelectValue(value)),
            Separated(Terms.Char(','), item).Then<SqlSelect>(items => new SqlSelectList(
                [.. items.Select((part, index) => (part.Item1 ?? Implied(part.Item2) ?? $"${index + 1}", part.Item2))])));
    }

    /// <summary>The name of <c>c.name</c> or <c>c</c> in the answer.</summary>
    private static string? Implied(SqlExpression value) => value switch
    {
        SqlMember { Path: { } path } => path[^1],
        SqlRow row => row.Alias,
        _ => null,
    };

    private static Parser<string> Word(string word) => SqlExpressionGrammar.Word(word);
}

/// <summary>The condition of a patch.</summary>
/// <param name="Alias">The name of the item.</param>
/// <param name="Filter">What must be true.</param>
internal sealed record SqlCondition(string Alias, SqlExpression Filter);
