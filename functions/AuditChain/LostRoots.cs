using System.Text.Json;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Writes roots again that were deleted from the database and are kept out of reach. One whose document was never written, because the app was killed, is
/// none of those: no later root and no head names it.
/// </summary>
internal sealed class LostRoots(IdentityStore identities, AuditRoots roots)
{
    /// <summary>Writes a root again if it was deleted.</summary>
    /// <param name="key">The partition of the chain.</param>
    /// <param name="number">The block.</param>
    /// <param name="kept">Its root, which matches the block.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was deleted.</returns>
    public async Task<bool> TryRestoreAsync(UserKey key, long number, string kept, CancellationToken cancellationToken)
    {
        if (!await IsNamedAsync(key, number, AuditHashes.OfText(kept), cancellationToken))
        {
            return false;
        }

        // A conflict means that another instance wrote it.
        await identities.Begin(key)
            .Create(new AuditRootDocument { Id = AuditRootDocument.IdOf(number), TenantId = key.TenantId, UserId = key.UserId, Number = number, Jws = kept })
            .CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Whether the next root, or the head when there is none, names it as the one before.</summary>
    private async Task<bool> IsNamedAsync(UserKey key, long number, string hash, CancellationToken cancellationToken)
    {
        var (later, _) = await identities.FirstPageAsync<JsonElement>(
            key,
            "SELECT * FROM c WHERE c.type = 'auditRoot' AND c.id > @id ORDER BY c.id",
            [("@id", AuditRootDocument.IdOf(number))],
            1,
            cancellationToken);
        return later is [var next, ..]
            ? next.TryGetProperty("jws", out var jws) && jws.ValueKind == JsonValueKind.String && roots.Read(jws.GetString())?.Previous == hash
            : await identities.ReadAsync<AuditChainDocument>(key, AuditChainDocument.DocumentId, cancellationToken) is { } chain && chain.Root == hash;
    }
}
