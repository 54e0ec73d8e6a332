using BlokSec.Local.Cosmos.Catalogs;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// What the service demands of ORDER BY: plain paths, and a composite index when there are several
/// (https://learn.microsoft.com/azure/cosmos-db/index-policy#composite-indexes).
/// </summary>
internal static class OrderRules
{
    public static void Ensure(SqlQuery query, ContainerEntry container)
    {
        if (query.OrderBy.Any(order => order.Key is not SqlMember { Path: not null }))
        {
            throw CosmosRefusal.BadRequest(
                "Unsupported ORDER BY clause. ORDER BY item expression could not be mapped to a document path.");
        }

        if (query.OrderBy.Count > 1 && query.Aggregates.Count == 0 && !container.CompositeIndexes.Any(index => Serves(index, query.OrderBy)))
        {
            throw CosmosRefusal.BadRequest("The order by query does not have a corresponding composite index that it can be served from.");
        }
    }

    /// <summary>The same paths in the same order, all of them in the directions of the index or all in the opposite ones.</summary>
    private static bool Serves(IReadOnlyList<(string Path, bool Descending)> index, IReadOnlyList<SqlOrder> orders)
    {
        if (index.Count != orders.Count)
        {
            return false;
        }

        var columns = index.Zip(orders, (column, order) =>
            (Same: column.Path == "/" + string.Join('/', ((SqlMember)order.Key).Path!), Reversed: column.Descending != order.Descending)).ToList();
        return columns.TrueForAll(column => column.Same && column.Reversed == columns[0].Reversed);
    }
}
