using System.Text;
using System.Text.Json;
using BlokSec.Local.Cosmos.Catalogs;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>Answers queries, query plans and feeds of items.</summary>
internal sealed class QueryRequests(Store store, TimeProvider time)
{
    private static readonly SqlQuery Everything = new() { Select = new SqlSelectAll(), Alias = "c" };

    public CosmosAnswer Query(ContainerEntry container, CosmosRequest request)
    {
        var (query, scope) = Parse(request);
        OrderRules.Ensure(query, container);
        return Page(container, request, query, scope);
    }

    public CosmosAnswer ReadFeed(ContainerEntry container, CosmosRequest request) => Page(container, request, Everything, new SqlScope());

    /// <summary>How the SDK shall run a query over partitions.</summary>
    public static CosmosAnswer Plan(CosmosRequest request)
    {
        var (query, scope) = Parse(request);
        return new(200) { Body = QueryPlan.Of(query, scope) };
    }

    private static (SqlQuery Query, SqlScope Scope) Parse(CosmosRequest request)
    {
        var body = request.JsonBody();
        using var json = JsonDocument.Parse(body.ToJsonString());
        var parameters = json.RootElement.TryGetProperty("parameters", out var given) && given.ValueKind == JsonValueKind.Array
            ? given.EnumerateArray().ToDictionary(one => one.GetProperty("name").GetString()!, Value)
            : [];
        var text = (string?)body["query"] ?? throw CosmosRefusal.BadRequest("The request has no query.");
        return (SqlText.ParseQuery(text), new SqlScope { Parameters = parameters });

        static JsonElement Value(JsonElement parameter) => parameter.TryGetProperty("value", out var value) ? value.Clone() : default;
    }

    private CosmosAnswer Page(ContainerEntry container, CosmosRequest request, SqlQuery query, SqlScope scope)
    {
        var after = QueryContinuation.Parse(request.Continuation);
        if (request.HasEmptyPage)
        {
            return new(200) { Body = Body(container, []), ItemCount = 0, Continuation = (after ?? QueryContinuation.Start).ToString(), Charge = 2.3 };
        }

        var run = new QueryRun(query, scope, request.PageSize, after);
        var range = request.Range(container.Paths.Count);
        // Within one partition there are few, found fastest by their type.
        var order = range.IsOnePartition ? null
            : query.Aggregates.Count > 0 ? IndexFilter.Compared(query.Where)
            : query.OrderBy is [var first, ..] ? first : null;
        var filter = new IndexFilter(store.Indexes, scope, container.Paths).From(query.Where, order, after);
        var page = store.Read(session =>
        {
            var items = new StoredItems(session, container.Number, container.DefaultTimeToLive, time.GetUtcNow().ToUnixTimeSeconds());
            return run.Run(items.Walk(range, run.Resumable ? after?.Position : null, filter), isInOrder: filter?.Order is not null);
        });
        return new(200)
        {
            Body = Body(container, page.Rows),
            ItemCount = page.Rows.Count,
            Continuation = page.Next?.ToString(),
            Charge = 2.3 + (0.05 * page.Rows.Count),
        };
    }

    private static byte[] Body(ContainerEntry container, IReadOnlyList<byte[]> rows)
    {
        using var body = new MemoryStream();
        body.Write(Encoding.UTF8.GetBytes($"{{\"_rid\":\"{container.ResourceId}\",\"Documents\":["));
        foreach (var (index, row) in rows.Index())
        {
            if (index > 0)
            {
                body.WriteByte((byte)',');
            }

            body.Write(row);
        }

        body.Write(Encoding.UTF8.GetBytes($"],\"_count\":{rows.Count}}}"));
        return body.ToArray();
    }
}
