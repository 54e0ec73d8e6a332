using System.Net;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Identities;

/// <summary>How a batch ended.</summary>
internal enum BatchResult
{
    /// <summary>All of it was written.</summary>
    Committed,

    /// <summary>Nothing was written: another writer changed the partition. Read and decide again.</summary>
    Conflict,
}

/// <summary>
/// One transaction in a user's partition: all of it or nothing. It never writes a document back that a later version of the service
/// wrote, and never grows beyond what Cosmos DB takes.
/// </summary>
internal sealed class PartitionBatch(
    Container container, UserKey key, int auditRetentionSeconds, Func<UserKey, CancellationToken, ValueTask<bool>> isVisible)
{
    /// <summary>Cosmos DB takes at most 100 operations in one batch.</summary>
    public const int MaxOperations = 100;

    /// <summary>Cosmos DB takes at most 2 MB in one batch; the rest is for what surrounds the documents.</summary>
    public const int MaxBytes = 1_900_000;

    /// <summary>The answer need not carry the document back.</summary>
    private static readonly TransactionalBatchItemRequestOptions Quiet = new() { EnableContentResponseOnWrite = false };

    private readonly TransactionalBatch batch = container.CreateTransactionalBatch(IdentityStore.PartitionKeyOf(key));

    private readonly List<string> written = [];

    private readonly Dictionary<string, string> etags = [];

    private long bytes;

    public int Count => written.Count;

    public PartitionBatch Create<T>(T document)
        where T : IdentityDocument
    {
        batch.CreateItemStream(Body(document), Quiet);
        return this;
    }

    /// <summary>Creates an audit entry, which is kept for its retention and no longer.</summary>
    public PartitionBatch Create(AuditDocument entry) => Create<AuditDocument>(entry with { Ttl = auditRetentionSeconds });

    /// <summary>Replaces a document that must still be as it was read.</summary>
    /// <exception cref="NewerDocumentException">A later version of the service wrote it.</exception>
    public PartitionBatch Replace<T>(T document)
        where T : IdentityDocument
    {
        document.EnsureWritable();
        var etag = document.ETag ?? throw new InvalidOperationException($"{document.Id} was never read.");
        batch.ReplaceItemStream(
            document.Id,
            Body(document),
            new TransactionalBatchItemRequestOptions { IfMatchEtag = etag, EnableContentResponseOnWrite = false });
        return this;
    }

    /// <summary>Replaces the user, which brings what is searched into its form of today.</summary>
    public PartitionBatch Replace(UserDocument user) =>
        Replace<UserDocument>(user with { SearchText = Contracts.SearchText.Of(user.GivenName, user.FamilyName, user.Email, user.Mobile) });

    /// <summary>Writes a document whether it exists or not; another write of this batch guards it.</summary>
    /// <param name="document">The document.</param>
    /// <param name="read">What was read of the partition, the document that is overwritten included.</param>
    /// <exception cref="NewerDocumentException">A later version of the service wrote the document that is overwritten.</exception>
    public PartitionBatch Upsert<T>(T document, PartitionSnapshot read)
        where T : IdentityDocument
    {
        read.EnsureReplaceable(document.Id);
        batch.UpsertItemStream(Body(document), Quiet);
        return this;
    }

    /// <summary>Creates what was not there when it was read, and replaces what was.</summary>
    /// <exception cref="NewerDocumentException">A later version of the service wrote it.</exception>
    public PartitionBatch Write<T>(T document)
        where T : IdentityDocument => document.ETag is null ? Create(document) : Replace(document);

    public PartitionBatch Delete(string documentId)
    {
        Add(documentId);
        batch.DeleteItem(documentId);
        return this;
    }

    /// <summary>Changes parts of a document, if the condition holds. So it may change a document of a later version, whose other members stay.</summary>
    /// <param name="documentId">The document.</param>
    /// <param name="condition">A filter such as <c>FROM c WHERE c.state = 'active'</c>.</param>
    /// <param name="changes">What to change.</param>
    public PartitionBatch Patch(string documentId, string condition, params IReadOnlyList<PatchOperation> changes)
    {
        Add(documentId);
        batch.PatchItem(documentId, changes, new TransactionalBatchPatchItemRequestOptions { FilterPredicate = condition, EnableContentResponseOnWrite = false });
        return this;
    }

    /// <summary>Changes parts of a document that must still be as it was read. It may be of a later version, or only partly readable.</summary>
    public PartitionBatch Patch<T>(T document, params IReadOnlyList<PatchOperation> changes)
        where T : IdentityDocument
    {
        var etag = document.ETag ?? throw new InvalidOperationException($"{document.Id} was never read.");
        Add(document.Id);
        batch.PatchItem(
            document.Id, changes, new TransactionalBatchPatchItemRequestOptions { IfMatchEtag = etag, EnableContentResponseOnWrite = false });
        return this;
    }

    /// <summary>Changes parts of a user who must still have this epoch and this active device; one of whom that cannot be read, must be as read.</summary>
    public PartitionBatch PatchUnchanged(UserDocument user, params IReadOnlyList<PatchOperation> changes) =>
        user.Lost.Count > 0 ? Patch(user, changes) : Patch(user.Id, user.IsUnchanged, changes);

    /// <summary>The version that the committed batch gave a document.</summary>
    public string ETagOf(string documentId) => etags[documentId];

    /// <exception cref="CosmosException">The database cannot be reached or refuses to work: nothing is known to be written.</exception>
    /// <exception cref="OutOfScopeException">Whoever makes the call may not write in this partition.</exception>
    public async Task<BatchResult> CommitAsync(CancellationToken cancellationToken)
    {
        if (!await isVisible(key, cancellationToken))
        {
            throw new OutOfScopeException(key.UserId);
        }

        using var response = await batch.ExecuteAsync(cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            foreach (var (index, id) in written.Index())
            {
                etags[id] = response[index].ETag;
            }

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

    private MemoryStream Body<T>(T document)
        where T : IdentityDocument
    {
        if (document is UserDocument user && DepartmentScope.OfCall is { } scope && !scope.Settle(key, scope.Admits(user.DepartmentKey)))
        {
            throw new OutOfScopeException(key.UserId);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(document, Json.Documents);
        Add(document.Id, body.Length);
        return new MemoryStream(body, writable: false);
    }

    private void Add(string documentId, int size = 0)
    {
        if (written.Count == MaxOperations)
        {
            throw new BatchTooLargeException($"A batch takes {MaxOperations} operations; {documentId} is one too many.");
        }

        bytes += size;
        if (bytes > MaxBytes)
        {
            throw new BatchTooLargeException($"A batch takes {MaxBytes} bytes; with {documentId} it has {bytes}.");
        }

        written.Add(documentId);
    }
}
