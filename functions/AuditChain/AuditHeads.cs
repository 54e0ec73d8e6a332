using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.AuditChain;

/// <summary>Reads the heads of chains, and finds one again that was lost.</summary>
internal sealed class AuditHeads(IdentityStore identities, AuditBreaks breaks)
{
    /// <summary>The heads of all tenants as far as their members can be read, found by their place: whoever changes the type of one hides nothing.</summary>
    public IAsyncEnumerable<AuditChainDocument> EverywhereAsync(CancellationToken cancellationToken) =>
        identities.EverywhereAsync<AuditChainDocument>("SELECT * FROM c WHERE c.id = 'auditChain' AND c.userId = '~audit'", [], cancellationToken);

    /// <summary>The tenants that have a head, whatever is in it.</summary>
    public IAsyncEnumerable<string> TenantsAsync(CancellationToken cancellationToken) =>
        identities.EverywhereAsync<Head>("SELECT c.id, c.tenantId, c.userId FROM c WHERE c.id = 'auditChain' AND c.userId = '~audit'", [], cancellationToken)
            .Select(head => head.TenantId);

    /// <summary>
    /// Reads the head of a tenant's chain: null when there is none, or it cannot be read. One whose type was changed or taken away is not read, as nothing
    /// of this service does that.
    /// </summary>
    public async Task<(AuditChainDocument? Chain, bool IsUnreadable)> ReadAsync(string tenantId, CancellationToken cancellationToken)
    {
        var (found, _) = await identities.FirstPageAsync<JsonElement>(
            AuditChainDocument.KeyOf(tenantId), "SELECT * FROM c WHERE c.id = @id", [("@id", AuditChainDocument.DocumentId)], 1, cancellationToken);
        return found is [var head, ..] ? Read<AuditChainDocument>(head) is { } chain ? (chain, false) : (null, true) : (null, false);
    }

    /// <summary>When nobody else moved the head, it was moved back or deleted: the chain goes on after its last block, and the break is told.</summary>
    public async Task FindAsync(UserKey key, AuditChainDocument? known, CancellationToken cancellationToken)
    {
        var chain = await identities.ReadAsync<AuditChainDocument>(key, AuditChainDocument.DocumentId, cancellationToken);
        if (chain?.Number != known?.Number)
        {
            return;
        }

        var next = (chain?.Number ?? 0) + 1;
        var (taken, _) = await identities.FirstPageAsync<string>(
            key, "SELECT VALUE c.id FROM c WHERE c.id = @id", [("@id", AuditBlockDocument.IdOf(next))], 1, cancellationToken);
        var (last, _) = await identities.FirstPageAsync<JsonElement>(
            key, "SELECT * FROM c WHERE c.type = 'auditBlock' ORDER BY c.id DESC", [], 1, cancellationToken);
        if (last is not [var found, ..] || Read<AuditBlockDocument>(found) is not { } block || block.Number < next)
        {
            if (taken.Count > 0)
            {
                // Something else is where the next block belongs: nothing is sealed until somebody has looked.
                await breaks.ReportAsync(key.TenantId, next, AuditFaults.BlockUnlinked, cancellationToken);
            }

            return;
        }

        var (roots, _) = await identities.FirstPageAsync<AuditRootDocument>(
            key, "SELECT * FROM c WHERE c.type = 'auditRoot' ORDER BY c.id DESC", [], 1, cancellationToken);
        var root = roots is [var signed, ..] ? signed : null;
        var batch = identities.Begin(key);
        if (chain is null)
        {
            batch.Create(new AuditChainDocument
            {
                Id = AuditChainDocument.DocumentId,
                TenantId = key.TenantId,
                UserId = key.UserId,
                Number = block.Number,
                Hash = block.Hash!,
                SealedAt = block.SealedAt,
                Signed = root?.Number ?? 0,
                Root = root is null ? null : AuditHashes.OfText(root.Jws),
            });
        }
        else
        {
            batch.Patch(
                chain,
                PatchOperation.Set("/number", block.Number),
                PatchOperation.Set("/hash", block.Hash),
                PatchOperation.Set("/sealedAt", block.SealedAt),
                PatchOperation.Set("/marked", false));
        }

        if (await batch.CommitAsync(cancellationToken) == BatchResult.Committed)
        {
            await breaks.ReportAsync(key.TenantId, block.Number, AuditFaults.HeadChanged, cancellationToken);
        }
    }

    private static T? Read<T>(JsonElement found)
        where T : IdentityDocument
    {
        try
        {
            return found.Deserialize<T>(Json.Documents) is { SchemaVersion: <= IdentityDocument.CurrentSchemaVersion } document
                && found.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals(document.Type)
                ? document
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Where a head is, whatever else it is.</summary>
    private sealed record Head : IdentityDocument
    {
        public override string Type => AuditChainDocument.DocumentType;
    }
}
