using BlokSec.Local.Cosmos.Keys;

namespace BlokSec.Local.Cosmos.Items;

/// <summary>One operation on one item, alone or in a batch.</summary>
/// <param name="Kind">A name of <see cref="CosmosOperation"/>, from <c>create</c> to <c>patch</c>.</param>
/// <param name="Key">The partition key of the request.</param>
/// <param name="Id">The item's id; null where the body names it.</param>
/// <param name="Body">The item, or what a patch does.</param>
/// <param name="IfMatch">The ETag that the item must have.</param>
/// <param name="IfNoneMatch">For reads: the ETag that the caller has already.</param>
/// <param name="Minimal">Whether a write answers without the item.</param>
internal sealed record ItemOperation(
    string Kind, PartitionKeyValue Key, string? Id, byte[] Body, string? IfMatch = null, string? IfNoneMatch = null, bool Minimal = false);

/// <summary>How an operation ended.</summary>
internal sealed record ItemResult(int Status, string? ETag = null, byte[]? Body = null, int SubStatus = 0)
{
    public bool Succeeded => Status is >= 200 and < 300 or 304;

    /// <summary>Request units: rough figures for items of about a kilobyte (https://learn.microsoft.com/azure/cosmos-db/request-units).</summary>
    public double Charge => Status == 200 && Body is not null ? 1 : 6.29;
}
