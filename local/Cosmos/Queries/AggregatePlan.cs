using System.Text.Json.Nodes;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// Aggregates over partitions: each partition answers <c>{ "item": ... }</c> for an aggregate, which the SDK adds up. AVG needs sum and
/// count of each.
/// </summary>
internal static class AggregatePlan
{
    /// <summary>Writes the aggregates into the plan and gives back what partitions are asked for.</summary>
    public static SqlSelect Rewrite(JsonObject info, SqlQuery query)
    {
        if (query.Limit is not null || query.OrderBy.Count > 0)
        {
            throw CosmosRefusal.Unsupported("aggregates with ORDER BY, TOP, OFFSET or LIMIT over partitions");
        }

        return query.Select is SqlSelectValue value ? One(info, value) : Several(info, (SqlSelectList)query.Select);
    }

    private static SqlSelectValue One(JsonObject info, SqlSelectValue select)
    {
        var call = select.Value as SqlCall is { IsAggregate: true } aggregate
            ? aggregate
            : throw CosmosRefusal.Unsupported("an expression around an aggregate over partitions");
        info["aggregates"] = new JsonArray(Name(call));
        return new SqlSelectValue(new SqlArray([Item(call)]));
    }

    private static SqlSelectList Several(JsonObject info, SqlSelectList select)
    {
        var types = new JsonObject();
        foreach (var (name, value) in select.Items)
        {
            types[name] = value is SqlCall { IsAggregate: true } call
                ? Name(call)
                : throw CosmosRefusal.Unsupported("aggregates beside other values over partitions");
        }

        info["groupByAliases"] = new JsonArray([.. select.Items.Select(item => JsonValue.Create(item.Name))]);
        info["groupByAliasToAggregateType"] = types;
        var payload = new SqlObject([.. select.Items.Select(item => (item.Name, (SqlExpression)Item((SqlCall)item.Value)))]);
        return new SqlSelectList([("payload", payload)]);
    }

    private static string Name(SqlCall call) => call.Name switch
    {
        "COUNT" => "Count",
        "SUM" => "Sum",
        "MIN" => "Min",
        "MAX" => "Max",
        _ => "Average",
    };

    private static SqlObject Item(SqlCall call) => new([("item", call.Name == "AVG"
        ? new SqlObject([("sum", call with { Name = "SUM" }), ("count", call with { Name = "COUNT" })])
        : call)]);
}
