using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Cosmos.Keys;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// The plan that the SDK asks for: what it has to do itself over partitions, and the query that it sends to each of them instead of
/// the original (<c>PartitionedQueryExecutionInfo</c> and the pipeline stages of Microsoft.Azure.Cosmos 3.64 tell the format).
/// </summary>
internal static class QueryPlan
{
    public static byte[] Of(SqlQuery query, SqlScope scope)
    {
        var info = Info(query);
        Rewrite(info, query, scope);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["partitionedQueryExecutionInfoVersion"] = 2,
            ["queryInfo"] = info,
            ["queryRanges"] = new JsonArray(new JsonObject
            {
                ["min"] = string.Empty,
                ["max"] = KeyRange.End,
                ["isMinInclusive"] = true,
                ["isMaxInclusive"] = false,
            }),
        });
    }

    private static JsonObject Info(SqlQuery query) => new()
    {
        ["distinctType"] = "None",
        ["top"] = null,
        ["offset"] = null,
        ["limit"] = null,
        ["orderBy"] = Texts(query.OrderBy.Select(order => order.Descending ? "Descending" : "Ascending")),
        ["orderByExpressions"] = Texts(query.OrderBy.Select(order => order.Key.ToString())),
        ["groupByExpressions"] = new JsonArray(),
        ["groupByAliases"] = new JsonArray(),
        ["aggregates"] = new JsonArray(),
        ["groupByAliasToAggregateType"] = new JsonObject(),
        ["rewrittenQuery"] = string.Empty,
        ["hasSelectValue"] = query.Select is SqlSelectValue,
        ["dCountInfo"] = null,
        ["hasNonStreamingOrderBy"] = false,
    };

    private static void Rewrite(JsonObject info, SqlQuery query, SqlScope scope)
    {
        if (query.Aggregates.Count > 0)
        {
            var select = AggregatePlan.Rewrite(info, query);
            info["rewrittenQuery"] = (query with { Select = select, OrderBy = [] }).ToString();
            return;
        }

        var rewritten = query;
        if (query.IsTop)
        {
            info["top"] = QueryRun.Count(query.Limit!, scope);
        }
        else if (query.Limit is not null)
        {
            var offset = QueryRun.Count(query.Offset!, scope);
            var limit = QueryRun.Count(query.Limit, scope);
            info["offset"] = offset;
            info["limit"] = limit;
            rewritten = rewritten with { Offset = null, Limit = new SqlConstant(SqlValue.Of((double)offset + limit)) };
        }

        if (query.OrderBy.Count > 0)
        {
            rewritten = Ordered(rewritten);
        }

        if (rewritten != query)
        {
            info["rewrittenQuery"] = rewritten.ToString();
        }
    }

    /// <summary>Each row carries its values of ORDER BY, so that the SDK can merge partitions, and its resource id, so that it can resume.</summary>
    private static SqlQuery Ordered(SqlQuery query)
    {
        var row = new SqlRow(query.Alias);
        SqlExpression payload = query.Select switch
        {
            SqlSelectValue value => value.Value,
            SqlSelectList list => new SqlObject(list.Items),
            _ => row,
        };
        var items = new SqlArray([.. query.OrderBy.Select(order => new SqlObject([("item", order.Key)]))]);
        return query with
        {
            Select = new SqlSelectList(
                [("_rid", new SqlMember(row, new SqlConstant(SqlValue.Of("_rid")))), ("orderByItems", items), ("payload", payload)]),
            Where = query.Where is null ? new SqlResumeFilter() : new SqlBinary("AND", query.Where, new SqlResumeFilter()),
        };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    /// <summary>What the SDK replaces by <c>true</c>, or by the condition that lets a query go on.</summary>
    private sealed record SqlResumeFilter : SqlExpression
    {
        public override JsonElement Evaluate(SqlScope scope) => SqlValue.True;

        public override string ToString() => "({documentdb-formattableorderbyquery-filter})";
    }
}
