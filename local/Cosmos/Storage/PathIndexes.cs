using System.Text.RegularExpressions;

namespace BlokSec.Local.Cosmos.Storage;

/// <summary>
/// Cosmos DB indexes every path of every item. Here an index comes into being when a query first compares a path with a string, so
/// that a query for a few items of a big range does not read them all.
/// </summary>
internal sealed partial class PathIndexes
{
    /// <summary>Every index costs each write a little; queries on further paths scan.</summary>
    private const int Most = 12;

    /// <summary>As many again over two paths.</summary>
    private const int MostOrders = 12;

    private const string PathPrefix = "items_by_path_";
    private const string OrderPrefix = "items_by_order_";

    private readonly Store store;
    private volatile Dictionary<string, string> known;

    public PathIndexes(Store store)
    {
        this.store = store;
        known = store.Read(Load);
    }

    /// <summary>The index of a path, made when there is none yet; null when there can be none.</summary>
    public PathIndex? For(IReadOnlyList<string> path)
    {
        if (path is ["id"])
        {
            return PathIndex.OfId;
        }

        return Expression(path) is { } expression ? IndexOf(expression, expression, PathPrefix, Most) : null;
    }

    /// <summary>
    /// The index in which the items with one text at a path are in the order of the texts at another, arrays and objects after them and all else before them;
    /// made when there is none yet, null when there can be none.
    /// </summary>
    public PathIndex? For(IReadOnlyList<string> path, IReadOnlyList<string> order)
    {
        if (Expression(path) is not { } first || Expression(order) is not { } second)
        {
            return null;
        }

        // Not NULL, which no comparison lets through. SQLite extracts arrays and objects as texts, and has blobs after all texts.
        var kind = second.Replace("json_extract(", "json_type(", StringComparison.Ordinal);
        var ordered = order is ["id"]
            ? second
            : $"CASE {kind} WHEN 'text' THEN {second} WHEN 'array' THEN x'' WHEN 'object' THEN x'' ELSE 0 END";
        return IndexOf($"{first}, {ordered}", first, OrderPrefix, MostOrders) is { } index ? index with { Order = ordered } : null;
    }

    private static string? Expression(IReadOnlyList<string> path) =>
        path is ["id"] ? "id"
        : path.All(name => PlainName().IsMatch(name)) ? $"json_extract(body, '$.{string.Join('.', path.Select(name => $"\"{name}\""))}')"
        : null;

    private PathIndex? IndexOf(string columns, string expression, string prefix, int most) =>
        known.TryGetValue(columns, out var name) ? new PathIndex(name, expression)
        : known.Values.Count(other => other.StartsWith(prefix, StringComparison.Ordinal)) >= most ? null
        : new PathIndex(Create(columns, prefix), expression);

    private string Create(string columns, string prefix) => store.Write(session =>
    {
        if (!known.ContainsKey(columns))
        {
            session.Execute($"CREATE INDEX {prefix}{known.Count} ON items (container, {columns}, epk, number)");
            known = Load(session);
        }

        return known[columns];
    });

    /// <summary>The names of the indexes, by what they are over.</summary>
    private static Dictionary<string, string> Load(StoreSession session)
    {
        var indexes = new Dictionary<string, string>();
        using var reader = session.Command(
            $"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND (name LIKE '{PathPrefix}%' OR name LIKE '{OrderPrefix}%')").ExecuteReader();
        while (reader.Read())
        {
            indexes.Add(Columns().Match(reader.GetString(1)).Value, reader.GetString(0));
        }

        return indexes;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"(?<=\(container, ).*(?=, epk, number\)$)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Columns();
}

/// <summary>An index over a path, or over a path and another.</summary>
/// <param name="Name">The name of the index.</param>
/// <param name="Expression">What it is over, in SQL.</param>
internal sealed record PathIndex(string Name, string Expression)
{
    /// <summary>The second, in SQL; null for none.</summary>
    public string? Order { get; init; }

    /// <summary>The ids of items stand in a column of their own.</summary>
    public static PathIndex OfId { get; } = new("items_by_name", "id");
}
