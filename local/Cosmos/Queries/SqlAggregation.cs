using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// Adds up one aggregate over rows. Undefined values are passed over; SUM and AVG of something that is no number, MIN and MAX of
/// arrays and objects are undefined (https://learn.microsoft.com/azure/cosmos-db/nosql/query/aggregate-functions).
/// </summary>
internal sealed class SqlAggregation(SqlCall call)
{
    private long count;
    private double sum;
    private bool spoiled;
    private JsonElement extreme;

    public SqlCall Call => call;

    public JsonElement Result => call.Name switch
    {
        "COUNT" => SqlValue.Of(count),
        _ when spoiled => default,
        "SUM" => SqlValue.Of(sum),
        "AVG" => count == 0 ? default : SqlValue.Of(sum / count),
        _ => extreme,
    };

    public void Add(SqlScope scope)
    {
        var value = call.Arguments.Count == 1
            ? call.Arguments[0].Evaluate(scope)
            : throw CosmosRefusal.BadRequest($"The aggregate {call.Name} takes one argument.");
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }

        count++;
        if (call.Name is "SUM" or "AVG")
        {
            spoiled |= value.ValueKind != JsonValueKind.Number;
            sum += spoiled ? 0 : value.GetDouble();
        }
        else if (call.Name is "MIN" or "MAX")
        {
            spoiled |= value.ValueKind is JsonValueKind.Array or JsonValueKind.Object;
            var order = count == 1 ? 1 : SqlValue.Compare(value, extreme) * (call.Name == "MAX" ? 1 : -1);
            extreme = order > 0 ? value.Clone() : extreme;
        }
    }
}
