using BlokSec.Local.Cosmos.Items;

namespace BlokSec.Local.Cosmos.Batches;

/// <summary>A transactional batch: all of its operations or none (https://learn.microsoft.com/azure/cosmos-db/nosql/transactional-batch).</summary>
internal static class Batch
{
    private const int Most = 100;

    /// <summary>What the other operations of a failed batch answer.</summary>
    private const int FailedDependency = 424;

    public static bool Succeeded(IReadOnlyList<ItemResult> results) => results.All(result => result.Succeeded);

    /// <summary>The results in order; after a failure the caller undoes what was done.</summary>
    public static IReadOnlyList<ItemResult> Run(IReadOnlyList<ItemOperation> operations, ItemOperations items)
    {
        if (operations.Count is 0 or > Most)
        {
            throw CosmosRefusal.BadRequest($"Batch request has {operations.Count} operations; it can have between 1 and {Most}.");
        }

        var results = new List<ItemResult>(operations.Count);
        foreach (var operation in operations)
        {
            try
            {
                results.Add(items.Run(operation));
            }
            catch (CosmosRefusal refusal)
            {
                return
                [
                    .. results.Select(_ => new ItemResult(FailedDependency)),
                    new ItemResult(refusal.Status, SubStatus: refusal.SubStatus),
                    .. Enumerable.Repeat(new ItemResult(FailedDependency), operations.Count - results.Count - 1),
                ];
            }
        }

        return results;
    }
}
