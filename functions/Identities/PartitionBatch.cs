using System.Net;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Identities;

/// <summary>How a batch ended.</summary>
internal enum BatchResult
{
    /// <summary>All of it was written.</summary>
    Committed,

    /// <summary>Nothing was written: somebody else changed the partition. Read again and decide anew.</summary>
    Conflict,
}

/// <summary>One transaction in a user's partition: all of it or nothing.</summary>
internal sealed class PartitionBatch(Container container, UserKey key, int auditRetentionSeconds)
{
    /// <summary>Cosmos DB takes at most 100 operations in one batch.</summary>
    public const int MaxOperations = 100;

    /// <summary>The answer need not carry the document back.</summary>
    private static readonly TransactionalBatchItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    private readonly TransactionalBatch batch = container.CreateTransactionalBatch(IdentityStore.PartitionKeyOf(key));

    public int Count { get; private set; }

    public PartitionBatch Create<T>(T document)
        where T : IdentityDocument
    {
        batch.CreateItem(document, Quiet);
        Count++;
        return this;
    }

    /// <summary>Creates an audit entry, which is kept for its retention and no longer.</summary>
    public PartitionBatch Create(AuditDocument entry) => Create<AuditDocument>(entry with { Ttl = auditRetentionSeconds });

    /// <summary>Replaces a document that must still be as it was read.</summary>
    public PartitionBatch Replace<T>(T document)
        where T : IdentityDocument
    {
        var etag = document.ETag ?? throw new InvalidOperationException($"{document.Id} was never read.");
        batch.ReplaceItem(document.Id, document, new TransactionalBatchItemRequestOptions { IfMatchEtag = etag, EnableContentResponseOnWrite = false });
        Count++;
        return this;
    }

    /// <summary>Replaces the user, which brings what is searched into its form of today.</summary>
    public PartitionBatch Replace(UserDocument user) =>
        Replace<UserDocument>(user with { SearchText = Contracts.SearchText.Of(user.GivenName, user.FamilyName, user.Email, user.Mobile) });

    /// <summary>Writes a document whether it exists or not; another write of this batch guards it.</summary>
    public PartitionBatch Upsert<T>(T document)
        where T : IdentityDocument
    {
        batch.UpsertItem(document, Quiet);
        Count++;
        return this;
    }

    public PartitionBatch Delete(string documentId)
    {
        batch.DeleteItem(documentId);
        Count++;
        return this;
    }

    /// <summary>Changes parts of a document, if the condition holds.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="condition">A filter such as <c>FROM c WHERE c.state = 'active'</c>.</param>
    /// <param name="changes">What to change.</param>
    public PartitionBatch Patch(string documentId, string condition, params IReadOnlyList<PatchOperation> changes)
    {
        batch.PatchItem(documentId, changes, new TransactionalBatchPatchItemRequestOptions { FilterPredicate = condition, EnableContentResponseOnWrite = false });
        Count++;
        return this;
    }

    /// <exception cref="CosmosException">The database cannot be reached or refuses to work: nothing is known to be written.</exception>
    public async Task<BatchResult> CommitAsync(CancellationToken cancellationToken)
    {
        using var response = await batch.ExecuteAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return BatchResult.Committed;
        }

        return response.StatusCode switch
        {
            HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound or (HttpStatusCode)449 =>
                BatchResult.Conflict,
            _ => throw new CosmosException(
                response.ErrorMessage ?? "The batch failed.", response.StatusCode, 0, response.ActivityId, response.RequestCharge),
        };
    }
}
