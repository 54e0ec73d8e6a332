using System.Globalization;
using System.Text.Json;
using BlokSec.Local.Cosmos.Keys;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// Finds in WHERE what SQLite can answer without reading items: a path that equals one of some strings, from an index, which partitions
/// are named, and what the id starts with. It lets through at least what WHERE lets through; WHERE itself is evaluated on what comes.
/// </summary>
/// <param name="indexes">The indexes.</param>
/// <param name="scope">The parameters of the query.</param>
/// <param name="keyPaths">The paths of the partition key: they narrow little that the range does not, so others are preferred.</param>
internal sealed class IndexFilter(PathIndexes indexes, SqlScope scope, IReadOnlyList<string> keyPaths)
{
    /// <summary>Partitions that are looked up one by one.</summary>
    private const int MostPlaces = 1_000;

    /// <summary>What SQLite can answer of WHERE, and whether items can come in the order of ORDER BY.</summary>
    /// <param name="where">WHERE.</param>
    /// <param name="order">The first of ORDER BY; null where items may come in any order.</param>
    /// <param name="after">Where the page begins; null for the start.</param>
    public SqlFilter? From(SqlExpression? where, SqlOrder? order = null, QueryContinuation? after = null)
    {
        if (where is null)
        {
            return null;
        }

        var values = new List<(string Name, object? Value)>();
        var sql = string.Empty;
        var texts = Find(where);
        var path = (order?.Key as SqlMember)?.Path;
        var index = path is not null && texts is { Values: [_] } ? indexes.For(texts.Path, path) : null;
        index ??= texts is null ? null : indexes.For(texts.Path);
        if (index is not null)
        {
            var among = string.Join(", ", texts!.Values.Select(Parameter));
            sql = texts.Values.Count == 1 ? $" AND {index.Expression} = {among}" : $" AND {index.Expression} IN ({among})";
        }

        if (index?.Order is { } ordered)
        {
            foreach (var (comparison, bound) in Bounds(where, path!, order!, after))
            {
                sql += $" AND {ordered} {comparison} {Parameter(bound)}";
            }
        }

        if (Places(where) is { Count: > 1 } places)
        {
            sql += $" AND epk IN ({string.Join(", ", places.Select(Parameter))})";
        }

        foreach (var prefix in Terms(where).Select(IdPrefix).OfType<string>())
        {
            // U+10FFFF sorts behind every character that an id may have.
            sql += $" AND id >= {Parameter(prefix)} AND id < {Parameter(prefix + "\U0010FFFF")}";
        }

        var by = index?.Order is null ? null : $"{index.Order} {(order!.Descending ? "DESC" : "ASC")}";
        return sql.Length == 0 ? null : new(index?.Name, sql, values) { Order = by };

        string Parameter(string value)
        {
            var name = "$f" + values.Count.ToString(CultureInfo.InvariantCulture);
            values.Add((name, value));
            return name;
        }
    }

    /// <summary>The order in which items that must be less or greater than something stand together; null when there is none.</summary>
    public static SqlOrder? Compared(SqlExpression? where) => where is null ? null : Terms(where).OfType<SqlBinary>()
        .Where(term => term is { Operator: "<" or "<=" or ">" or ">=", Left: SqlMember { Path: not null } })
        .Select(term => new SqlOrder(term.Left, Descending: false))
        .FirstOrDefault();

    /// <summary>Between which texts the items of a page are.</summary>
    private IEnumerable<(string Comparison, string Bound)> Bounds(
        SqlExpression where, IReadOnlyList<string> path, SqlOrder order, QueryContinuation? after)
    {
        foreach (var term in Terms(where))
        {
            if (term is SqlBinary { Operator: "<" or "<=" or ">" or ">=", Left: SqlMember { Path: { } compared } } comparison
                && compared.SequenceEqual(path) && Text(comparison.Right) is { } bound && SqlValue.SortsAlike(bound))
            {
                yield return (comparison.Operator, bound);
            }
        }

        if (after?.Keys is [{ ValueKind: JsonValueKind.String } first, ..] && first.GetString() is { } last && SqlValue.SortsAlike(last))
        {
            yield return (order.Descending ? "<=" : ">=", last);
        }
    }

    /// <summary>The effective partition keys that WHERE names; null when it names none, or too many.</summary>
    private IReadOnlyList<string>? Places(SqlExpression where)
    {
        var equal = Terms(where).Select(Find).OfType<PathTexts>().ToList();
        IEnumerable<IReadOnlyList<string>> keys = [[]];
        foreach (var path in keyPaths)
        {
            if (equal.Find(texts => PathOf(texts) == path) is not { } among)
            {
                return null;
            }

            keys = keys.SelectMany(key => among.Values.Select(value => (IReadOnlyList<string>)[.. key, value]));
        }

        var places = keys.Take(MostPlaces + 1).Select(key => PartitionKeyValue.Parse(JsonSerializer.Serialize(key)).Effective).ToList();
        return places.Count > MostPlaces ? null : places;
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

    private bool IsOnKey(PathTexts texts) => keyPaths.Contains(PathOf(texts));

    private static string PathOf(PathTexts texts) => "/" + string.Join('/', texts.Path);

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
