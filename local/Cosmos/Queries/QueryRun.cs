using System.Text.Json;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>One page of a query over items that come in their fixed order.</summary>
/// <param name="query">The query.</param>
/// <param name="scope">Its parameters.</param>
/// <param name="pageSize">The most rows of the page.</param>
/// <param name="after">Where the page begins; null for the start.</param>
internal sealed class QueryRun(SqlQuery query, SqlScope scope, int pageSize, QueryContinuation? after)
{
    /// <summary>Pages end at 4 MB (https://learn.microsoft.com/azure/cosmos-db/nosql/query/pagination).</summary>
    private const int LargestPage = 4 * 1024 * 1024;

    private readonly List<byte[]> rows = [];
    private readonly IReadOnlyList<SqlCall> aggregates = query.Aggregates;
    private readonly int limit = query.Limit is null ? int.MaxValue : Count(query.Limit, scope);
    private int bytes;

    /// <summary>Whether the walk over the items may start behind those of the pages before.</summary>
    public bool Resumable => query.OrderBy.Count == 0 && aggregates.Count == 0;

    private int ToSkip => after is null && query.Offset is not null ? Count(query.Offset, scope) : 0;

    private int TakenBefore => after?.Taken ?? 0;

    /// <summary>The value of TOP, OFFSET or LIMIT.</summary>
    public static int Count(SqlExpression value, SqlScope scope) =>
        value.Evaluate(scope) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var count) && count >= 0
            ? count
            : throw CosmosRefusal.BadRequest("TOP, OFFSET and LIMIT take a number that is not negative.");

    /// <summary>Reads the page.</summary>
    /// <param name="items">The items that may be on it.</param>
    /// <param name="isInOrder">Whether those with texts at the first path of ORDER BY come in its order.</param>
    public QueryPage Run(IEnumerable<StoredItem> items, bool isInOrder) =>
        aggregates.Count > 0 ? Aggregated(items) : query.OrderBy.Count > 0 ? Ordered(items, isInOrder) : Plain(items);

    private QueryPage Plain(IEnumerable<StoredItem> items)
    {
        var toSkip = ToSkip;
        QueryContinuation? last = null;
        foreach (var item in items)
        {
            using var json = JsonDocument.Parse(item.Body);
            if (!Matches(json.RootElement) || toSkip-- > 0)
            {
                continue;
            }

            if (TakenBefore + rows.Count == limit)
            {
                return new(rows, null);
            }

            if (IsFull)
            {
                return new(rows, last);
            }

            Add(item.Body);
            last = new(item.Effective, item.Number, TakenBefore + rows.Count);
        }

        return new(rows, null);
    }

    /// <summary>Holds no more rows at a time than the page needs.</summary>
    private QueryPage Ordered(IEnumerable<StoredItem> items, bool isInOrder)
    {
        var order = new QueryRowOrder(query.OrderBy);
        var toSkip = ToSkip;
        var left = limit - TakenBefore;
        var wanted = (int)Math.Min((long)toSkip + Math.Min(pageSize, left), Array.MaxLength);
        if (wanted == 0)
        {
            return new(rows, null);
        }

        var best = new PriorityQueue<QueryRow, QueryRow>(Comparer<QueryRow>.Create((x, y) => order.Compare(y, x)));
        var more = false;
        foreach (var item in items)
        {
            using var json = JsonDocument.Parse(item.Body);
            if (Matches(json.RootElement) && Keys() is { } keys
                && (after?.Keys is null || order.Compare(keys, item.Number, after.Keys, after.Number) > 0))
            {
                if (isInOrder && more && IsBehind(keys[0], best.Peek().Keys[0]))
                {
                    break;
                }

                var row = new QueryRow([.. keys.Select(key => key.Clone())], item.Number, item.Effective, item.Body);
                best.Enqueue(row, row);
                if (best.Count > wanted)
                {
                    best.Dequeue();
                    more = true;
                }
            }
        }

        QueryRow? last = null;
        foreach (var row in best.UnorderedItems.Select(item => item.Element).Order(order).Skip(toSkip))
        {
            if (IsFull)
            {
                more = true;
                break;
            }

            using var json = JsonDocument.Parse(row.Body);
            scope.Row = json.RootElement;
            Add(row.Body);
            last = row;
        }

        more &= TakenBefore + rows.Count < limit;
        return new(rows, more && last is not null ? new(last.Effective, last.Number, TakenBefore + rows.Count, last.Keys) : null);
    }

    /// <summary>Whether a text, and whatever comes after it in order, is behind another.</summary>
    private bool IsBehind(JsonElement key, JsonElement other) =>
        key.ValueKind == JsonValueKind.String && other.ValueKind == JsonValueKind.String && SqlValue.SortsAlike(key.GetString()!)
        && SqlValue.Compare(key, other) is var result && (query.OrderBy[0].Descending ? result < 0 : result > 0);

    private QueryPage Aggregated(IEnumerable<StoredItem> items)
    {
        if (query.Limit is not null || query.OrderBy.Count > 0)
        {
            throw CosmosRefusal.Unsupported("aggregates with ORDER BY, TOP, OFFSET or LIMIT");
        }

        var sums = aggregates.Select(call => new SqlAggregation(call)).ToList();
        foreach (var item in items)
        {
            using var json = JsonDocument.Parse(item.Body);
            if (Matches(json.RootElement))
            {
                sums.ForEach(sum => sum.Add(scope));
            }
        }

        scope.Row = default;
        scope.Aggregated = sums.ToDictionary(sum => sum.Call, sum => sum.Result);
        Add([]);
        return new(rows, null);
    }

    private bool IsFull => rows.Count == pageSize || (rows.Count > 0 && bytes > LargestPage);

    private bool Matches(JsonElement item)
    {
        scope.Row = item;
        return query.Where is null || query.Where.Evaluate(scope).ValueKind == JsonValueKind.True;
    }

    /// <summary>The values of ORDER BY; null when one is undefined, which leaves the item out.</summary>
    private JsonElement[]? Keys()
    {
        var keys = new JsonElement[query.OrderBy.Count];
        for (var index = 0; index < keys.Length; index++)
        {
            keys[index] = query.OrderBy[index].Key.Evaluate(scope);
            if (keys[index].ValueKind == JsonValueKind.Undefined)
            {
                return null;
            }
        }

        return keys;
    }

    private void Add(byte[] body)
    {
        var row = query.Select switch
        {
            SqlSelectAll => body,
            SqlSelectValue value => value.Value.Evaluate(scope) is { ValueKind: not JsonValueKind.Undefined } result ? SqlValue.ToUtf8(result) : null,
            SqlSelectList list => SqlValue.ToUtf8(SqlValue.Object(list.Items.Select(item => (item.Name, item.Value.Evaluate(scope))))),
            _ => throw new InvalidOperationException(),
        };
        if (row is not null)
        {
            rows.Add(row);
            bytes += row.Length;
        }
    }
}

/// <summary>The rows of a page and where the next one begins, if there are more.</summary>
internal sealed record QueryPage(IReadOnlyList<byte[]> Rows, QueryContinuation? Next);
