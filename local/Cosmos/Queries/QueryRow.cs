using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>A row of an ordered query.</summary>
/// <param name="Keys">Its values of ORDER BY.</param>
/// <param name="Number">The number of its item, which decides between equal values.</param>
/// <param name="Effective">The effective partition key of its item.</param>
/// <param name="Body">Its item.</param>
internal sealed record QueryRow(JsonElement[] Keys, long Number, string Effective, byte[] Body);

/// <summary>
/// The order of rows. Equal values are in the order of resource ids, backwards when the first path descends: the SDK relies on it when
/// it resumes a query over partitions.
/// </summary>
internal sealed class QueryRowOrder(IReadOnlyList<SqlOrder> orders) : IComparer<QueryRow>
{
    public int Compare(QueryRow? x, QueryRow? y) => Compare(x!.Keys, x.Number, y!.Keys, y.Number);

    public int Compare(JsonElement[] leftKeys, long leftNumber, JsonElement[] rightKeys, long rightNumber)
    {
        foreach (var (index, order) in orders.Index())
        {
            var result = SqlValue.Compare(leftKeys[index], rightKeys[index]);
            if (result != 0)
            {
                return order.Descending ? -result : result;
            }
        }

        var numbers = leftNumber.CompareTo(rightNumber);
        return orders[0].Descending ? -numbers : numbers;
    }
}
