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

    private readonly Store store;
    private volatile Dictionary<string, PathIndex> known;

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

        if (path.Any(name => !PlainName().IsMatch(name)))
        {
            return null;
        }

        var expression = $"json_extract(body, '$.{string.Join('.', path.Select(name => $"\"{name}\""))}')";
        return known.GetValueOrDefault(expression) ?? Create(expression);
    }

    private PathIndex? Create(string expression) => known.Count == Most ? null : store.Write(session =>
    {
        if (!known.ContainsKey(expression))
        {
            session.Execute($"CREATE INDEX items_by_path_{known.Count} ON items (container, {expression}, epk, number)");
            known = Load(session);
        }

        return known[expression];
    });

    private static Dictionary<string, PathIndex> Load(StoreSession session)
    {
        var indexes = new Dictionary<string, PathIndex>();
        using var reader = session.Command("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'items_by_path_%'").ExecuteReader();
        while (reader.Read())
        {
            var expression = Expression().Match(reader.GetString(1)).Value;
            indexes.Add(expression, new(reader.GetString(0), expression));
        }

        return indexes;
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PlainName();

    [GeneratedRegex(@"json_extract\(body, '[^']*'\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Expression();
}

/// <summary>An index over a path.</summary>
/// <param name="Name">The name of the index.</param>
/// <param name="Expression">What it is over, in SQL.</param>
internal sealed record PathIndex(string Name, string Expression)
{
    /// <summary>The ids of items stand in a column of their own.</summary>
    public static PathIndex OfId { get; } = new("items_by_name", "id");
}
