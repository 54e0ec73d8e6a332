using System.Text.Json;
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
    private volatile HashSet<string> known;

    public PathIndexes(Store store)
    {
        this.store = store;
        known = store.Read(session =>
        {
            var expressions = new HashSet<string>();
            using var reader = session.Command("SELECT sql FROM sqlite_master WHERE type = 'index' AND name LIKE 'items_by_path_%'").ExecuteReader();
            while (reader.Read())
            {
                expressions.Add(Expression().Match(reader.GetString(0)).Value);
            }

            return expressions;
        });
    }

    /// <summary>The SQL expression of an indexed path, such as <c>json_extract(body, '$."type"')</c>; null when the path has no index.</summary>
    public string? For(IReadOnlyList<string> path)
    {
        if (path.Any(name => !PlainName().IsMatch(name)))
        {
            return null;
        }

        var expression = $"json_extract(body, '$.{string.Join('.', path.Select(name => JsonSerializer.Serialize(name)))}')";
        return known.Contains(expression) || Create(expression) ? expression : null;
    }

    private bool Create(string expression) => store.Write(session =>
    {
        if (known.Contains(expression))
        {
            return true;
        }

        if (known.Count == Most)
        {
            return false;
        }

        session.Execute($"CREATE INDEX items_by_path_{known.Count} ON items (container, {expression}, epk, number)");
        known = [.. known, expression];
        return true;
    });

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex PlainName();

    [GeneratedRegex(@"json_extract\(body, '[^']*'\)")]
    private static partial Regex Expression();
}
