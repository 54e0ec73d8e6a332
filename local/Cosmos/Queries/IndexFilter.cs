using System.Globalization;
using System.Text.Json;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// Finds in WHERE what SQLite can answer from an index: paths that equal a string, are one of several or start with one. It lets
/// through at least what WHERE lets through; WHERE itself is evaluated on what comes.
/// </summary>
/// <param name="indexes">The indexes.</param>
/// <param name="scope">The parameters of the query.</param>
/// <param name="keyPaths">The paths of the partition key: they narrow little that the range does not, so others are preferred.</param>
internal sealed class IndexFilter(PathIndexes indexes, SqlScope scope, IReadOnlyList<string> keyPaths)
{
    private readonly List<(string Name, object? Value)> values = [];

    public SqlFilter? From(SqlExpression? where) =>
        where is not null && Translate(where) is { } sql ? new(" AND " + sql, values) : null;

    private string? Translate(SqlExpression expression) => expression switch
    {
        SqlBinary { Operator: "AND" } => And(expression),
        SqlBinary { Operator: "OR" } or => Translate(or.Left) is { } left && Translate(or.Right) is { } right ? $"({left} OR {right})" : null,
        SqlBinary { Operator: "=" } equal => Equal(equal.Left, equal.Right) ?? Equal(equal.Right, equal.Left),
        SqlIn isIn => In(isIn),
        SqlCall { Name: "STARTSWITH", Arguments: [var path, var prefix] } => StartsWith(path, prefix),
        _ => null,
    };

    private string? And(SqlExpression expression)
    {
        var terms = Terms(expression).ToList();
        string[] found = [.. terms.Where(term => !IsOnKey(term)).Select(Translate).OfType<string>()];
        if (found.Length == 0)
        {
            found = [.. terms.Where(IsOnKey).Select(Translate).OfType<string>()];
        }

        return found.Length == 0 ? null : $"({string.Join(" AND ", found)})";
    }

    private static IEnumerable<SqlExpression> Terms(SqlExpression expression) =>
        expression is SqlBinary { Operator: "AND" } and ? Terms(and.Left).Concat(Terms(and.Right)) : [expression];

    private bool IsOnKey(SqlExpression term) =>
        term is SqlBinary { Operator: "=" } && term.Inner.Any(side => side is SqlMember { Path: { } path } && keyPaths.Contains("/" + string.Join('/', path)));

    private string? Equal(SqlExpression path, SqlExpression value) =>
        Text(value) is { } text && Column(path) is { } column ? $"{column} = {Parameter(text)}" : null;

    private string? In(SqlIn isIn)
    {
        string?[] texts = [.. isIn.Haystack.Select(Text)];
        return !texts.Contains(null) && Column(isIn.Needle) is { } column ? $"{column} IN ({string.Join(", ", texts.Select(Parameter))})" : null;
    }

    /// <summary>U+10FFFF sorts behind every character that a text may have.</summary>
    private string? StartsWith(SqlExpression path, SqlExpression prefix) =>
        Text(prefix) is { } text && Column(path) is { } column
            ? $"({column} >= {Parameter(text)} AND {column} < {Parameter(text + "\U0010FFFF")})"
            : null;

    private string? Column(SqlExpression expression) => expression is SqlMember { Path: { } path } ? indexes.For(path) : null;

    /// <summary>The text that an expression without a row stands for.</summary>
    private string? Text(SqlExpression expression)
    {
        if (expression is not (SqlConstant or SqlParameter))
        {
            return null;
        }

        var text = expression.Evaluate(scope) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        return text?.Contains('\0', StringComparison.Ordinal) == true ? null : text;
    }

    private string Parameter(string? value)
    {
        var name = "$f" + values.Count.ToString(CultureInfo.InvariantCulture);
        values.Add((name, value));
        return name;
    }
}
