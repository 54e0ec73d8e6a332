using System.Text.Json;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditChain;

/// <summary>Checks one block of a chain with its entries and its root.</summary>
internal sealed class BlockCheck(IdentityStore identities, AuditRoots roots, IRootStore store, TimeProvider time)
{
    /// <summary>Cosmos DB deletes by its own clock.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <summary>Checks a block.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="number">The block.</param>
    /// <param name="previous">The hash of the block before; null for the first, and when that one is gone.</param>
    /// <param name="isKept">Whether a root of it is out of reach.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The block's hash, null when it is gone; and what is wrong.</returns>
    public async Task<(string? Hash, List<string> Faults)> CheckAsync(
        string tenantId, long number, string? previous, bool isKept, CancellationToken cancellationToken)
    {
        var key = AuditChainDocument.KeyOf(tenantId);
        var documents = new Dictionary<string, JsonElement>();
        await foreach (var document in identities.StreamAsync<JsonElement>(
            key,
            "SELECT * FROM c WHERE c.id IN (@block, @root)",
            [("@block", AuditBlockDocument.IdOf(number)), ("@root", AuditRootDocument.IdOf(number))],
            cancellationToken))
        {
            documents[IdentityStore.IdOf(document)] = document;
        }

        if (!documents.TryGetValue(AuditBlockDocument.IdOf(number), out var raw) || Read<AuditBlockDocument>(raw) is not { } block)
        {
            return (null, [AuditFaults.BlockMissing]);
        }

        var entries = await identities.TenantFirstAsync<JsonElement>(
            tenantId,
            "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND c.block > @before AND c.block <= @number",
            [("@before", number - 1), ("@number", number)],
            2 * AuditBlockDocument.MaxEntries,
            cancellationToken);
        var hash = AuditHashes.OfBlock(raw);
        var root = documents.TryGetValue(AuditRootDocument.IdOf(number), out var rawRoot) ? Read<AuditRootDocument>(rawRoot)?.Jws ?? "" : null;
        var kept = isKept ? await store.ReadAsync(tenantId, number, cancellationToken) : null;
        (bool IsBroken, string Fault)[] checks =
        [
            (hash != block.Hash || block.Number != number, AuditFaults.BlockChanged),
            (number > 1 ? previous is not null && block.Previous != previous : block.Previous is not null, AuditFaults.BlockUnlinked),
            (new[] { root, kept }.OfType<string>().Any(text => !roots.Matches(text, tenantId, number, hash)), AuditFaults.RootDiffers),
            .. Compare(block, entries),
        ];
        return (hash, [.. checks.Where(check => check.IsBroken).Select(check => check.Fault).Distinct()]);
    }

    private IEnumerable<(bool IsBroken, string Fault)> Compare(AuditBlockDocument block, IReadOnlyList<JsonElement> entries)
    {
        var now = (time.GetUtcNow() + ClockSkew).ToUnixTimeSeconds();
        var there = new Dictionary<(string Id, string UserId), JsonElement>();
        foreach (var entry in entries)
        {
            there[(IdentityStore.IdOf(entry), entry.GetProperty("userId").GetString()!)] = entry;
        }

        foreach (var entry in block.Entries)
        {
            var isThere = there.Remove((entry.Id, entry.UserId), out var found);
            yield return (!isThere && (entry.Until is not { } until || now < until), AuditFaults.EntryMissing);
            yield return (isThere && AuditHashes.OfEntry(found) != entry.Hash, AuditFaults.EntryChanged);
        }

        yield return (there.Count > 0, AuditFaults.EntryForeign);
    }

    private static T? Read<T>(JsonElement document)
        where T : IdentityDocument
    {
        try
        {
            return document.Deserialize<T>(Json.Documents);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
