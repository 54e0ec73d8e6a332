using System.Runtime.CompilerServices;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Imports;

/// <summary>An import with its operation, as they were read together.</summary>
/// <param name="Import">The import.</param>
/// <param name="Operation">Its operation; null until it was started.</param>
internal sealed record ImportState(ImportDocument Import, OperationDocument? Operation);

/// <summary>Reads and writes imports, all in one partition of the tenant.</summary>
internal sealed class ImportStore(IdentityStore identities)
{
    /// <summary>Chunks of one transaction: at most some 1.6 MB, see <see cref="PartitionBatch.MaxBytes"/>.</summary>
    private const int ChunksAtOnce = 8;

    /// <summary>The same where rows have accounts, which add at most 60 KB to a chunk.</summary>
    private const int ChunksWithAccountsAtOnce = 6;

    /// <summary>The import; null when there is none in the tenant.</summary>
    public async Task<ImportState?> ReadAsync(string tenantId, string importId, CancellationToken cancellationToken)
    {
        var key = ImportDocument.KeyOf(tenantId);

        // In this order: the import is at least as far as its operation.
        var operation = await identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(importId), cancellationToken);
        return await identities.ReadAsync<ImportDocument>(key, ImportDocument.IdOf(importId), cancellationToken) is { } import
            ? new ImportState(import, operation)
            : null;
    }

    public Task<ImportChunk?> ReadChunkAsync(ImportDocument import, int number, CancellationToken cancellationToken) =>
        identities.ReadAsync<ImportChunk>(import.Key, import.IdOfChunk(number), cancellationToken);

    /// <summary>
    /// Writes the chunks of a file while it is read; the import itself is not there before all of them are. What a call leaves behind that ends
    /// before is deleted when its time is over.
    /// </summary>
    /// <returns>How many there are.</returns>
    public async Task<int> WriteChunksAsync(
        string tenantId, string chunksId, IAsyncEnumerable<ImportRow> rows, CancellationToken cancellationToken)
    {
        var (key, number) = (ImportDocument.KeyOf(tenantId), 0);
        var batch = identities.Begin(key);
        await foreach (var part in PartsAsync(rows, cancellationToken))
        {
            batch.Create(new ImportChunk { Id = ImportChunk.IdOf(chunksId, number), TenantId = tenantId, UserId = key.UserId, Rows = part });
            number++;
            if (batch.Count >= (Array.Exists(part, row => row.Accounts is not null) ? ChunksWithAccountsAtOnce : ChunksAtOnce))
            {
                await CommitAsync(batch, cancellationToken);
                batch = identities.Begin(key);
            }
        }

        if (batch.Count > 0)
        {
            await CommitAsync(batch, cancellationToken);
        }

        return number;
    }

    /// <summary>The rows of each chunk.</summary>
    private static async IAsyncEnumerable<ImportRow[]> PartsAsync(IAsyncEnumerable<ImportRow> rows, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var part = new List<ImportRow>(ImportChunk.MaxRows);
        var accountText = 0;
        await foreach (var row in rows.WithCancellation(cancellationToken))
        {
            var text = row.Accounts?.Sum(name => name?.Length ?? 0) ?? 0;
            if (part.Count == ImportChunk.MaxRows || (part.Count > 0 && accountText + text > ImportChunk.MaxAccountText))
            {
                yield return [.. part];
                part.Clear();
                accountText = 0;
            }

            part.Add(row);
            accountText += text;
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }

    private static async Task CommitAsync(PartitionBatch batch, CancellationToken cancellationToken)
    {
        if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
        {
            throw new TimeoutException("Others write the same import at the same moment.");
        }
    }
}
