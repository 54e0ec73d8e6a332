using System.Globalization;
using System.Text.Json;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// Finds in WHERE what SQLite can answer without reading items: a path that equals one of some strings, from an index, and what the
/// id starts with. It lets through at least what WHERE lets through; WHERE itself is evaluated on what comes.
/// </summary>
/// <param name="indexes">The indexes.</param>
/// <param name="scope">The parameters of the query.</param>
/// <param name="keyPaths">The paths of the partition key: they narrow little that the range does not, so others are preferred.</param>
internal sealed class IndexFilter(PathIndexes indexes, SqlScope scope, IReadOnlyList<string> keyPaths)
{
    public SqlFilter? From(SqlExpression? where)
    {
        if (where is null)
        {
            return null;
        }

        var values = new List<(string Name, object? Value)>();
        var sql = string.Empty;
        var index = default(PathIndex);
        if (Find(where) is { } texts && (index = indexes.For(texts.Path)) is not null)
        {
            sql = $" AND {index.Expression} IN ({string.Join(", ", texts.Values.Select(Parameter))})";
        }

        foreach (var prefix in Terms(where).Select(IdPrefix).OfType<string>())
        {
            // U+10FFFF sorts behind every character that an id may have.
            sql += $" AND id >= {Parameter(prefix)} AND id < {Parameter(prefix + "\U0010FFFF")}";
        }

        return sql.Length == 0 ? null : new(index?.Name, sql, values);

        string Parameter(string value)
        {
            var name = "$f" + values.Count.ToString(CultureInfo.InvariantCulture);
            values.Add((name, value));
            return name;
        }
    }

    private PathTexts? Find(SqlExpression expression) => expression switch
    {
        SqlBinary { Operator: "AND" } => Terms(expression).Select(Find).OfType<PathTexts>()
            .OrderBy(IsOnKey).ThenBy(texts => texts.Values.Count).FirstOrDefault(),
        SqlBinary { Operator: "OR" } or => Find(or.Left) is { } left && Find(or.Right) is { } right && left.Path.SequenceEqual(right.Path)
            ? new(left.Path, [.. left.Values.Union(right.Values)])
            : null,
        SqlBinary { Operator: "=" } equal => Texts(equal.Left, [equal.Right]) ?? Texts(equal.Right, [equal.Left]),
        SqlIn isIn => Texts(isIn.Needle, isIn.Haystack),
        _ => null,
    };

    private static IEnumerable<SqlExpression> Terms(SqlExpression expression) =>
        expression is SqlBinary { Operator: "AND" } and ? Terms(and.Left).Concat(Terms(and.Right)) : [expression];

    private bool IsOnKey(PathTexts texts) => keyPaths.Contains("/" + string.Join('/', texts.Path));

    private PathTexts? Texts(SqlExpression path, IReadOnlyList<SqlExpression> values)
    {
        if (path is not SqlMember { Path: { } names })
        {
            return null;
        }

        List<string> texts = [.. values.Select(Text).OfType<string>()];
        return texts.Count == values.Count ? new(names, texts) : null;
    }

    private string? IdPrefix(SqlExpression term) =>
        term is SqlCall { Name: "STARTSWITH", Arguments: [SqlMember { Path: ["id"] }, var prefix] } ? Text(prefix) : null;

    /// <summary>The text that an expression without a row stands for.</summary>
    private string? Text(SqlExpression expression)
    {
        var text = expression is SqlConstant or SqlParameter && expression.Evaluate(scope) is { ValueKind: JsonValueKind.String } value
            ? value.GetString()
            : null;
        return text?.Contains('\0', StringComparison.Ordinal) == true ? null : text;
    }

    /// <summary>A path that must be one of some strings.</summary>
    private sealed record PathTexts(IReadOnlyList<string> Path, IReadOnlyList<string> Values);
}
