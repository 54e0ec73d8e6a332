using System.Text.Json;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditChain;

/// <summary>What the blocks before the next one say of it.</summary>
/// <param name="Hash">The hash of the last of them; null for none, and when it is gone.</param>
/// <param name="Roots">The hashes that the root of the next one may name as the one before, see <see cref="RootLinks"/>.</param>
/// <param name="Latest">The latest time that their entries tell, see <see cref="AuditTimes"/>.</param>
internal sealed record BlocksBefore(string? Hash, IReadOnlyList<string>? Roots, DateTimeOffset? Latest);

/// <summary>What was found of a block.</summary>
/// <param name="After">What the next one is compared with.</param>
/// <param name="Faults">What is wrong.</param>
internal sealed record CheckedBlock(BlocksBefore After, IReadOnlyList<string> Faults);

/// <summary>Checks one block of a chain with its entries and its root.</summary>
internal sealed class BlockCheck(IdentityStore identities, AuditRoots roots, LostRoots lost, IRootStore store, TimeProvider time)
{
    /// <summary>Cosmos DB deletes by its own clock.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <summary>Checks a block.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="number">The block.</param>
    /// <param name="before">What the blocks before it say.</param>
    /// <param name="isKept">Whether a root of it is out of reach.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CheckedBlock> CheckAsync(
        string tenantId, long number, BlocksBefore before, bool isKept, CancellationToken cancellationToken)
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
            return new CheckedBlock(new BlocksBefore(null, null, before.Latest), [AuditFaults.BlockMissing]);
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
        var (after, isUnlinked) = RootLinks.Next(roots, before.Roots, root, kept);
        var wasDeleted = root is null && roots.Matches(kept, tenantId, number, hash) && await lost.TryRestoreAsync(key, number, kept, cancellationToken);
        var there = new Dictionary<(string Id, string UserId), (string Hash, DateTimeOffset? At)>();
        foreach (var entry in entries)
        {
            there[SealedEntry.PlaceOf(entry)] = (AuditHashes.OfEntry(entry), AuditTimes.Of(entry));
        }

        // Times of what was changed say nothing.
        DateTimeOffset?[] times = hash == block.Hash ? [.. block.Listed.Select(entry => TimeOf(entry, there))] : [];
        (bool IsBroken, string Fault)[] checks =
        [
            (hash != block.Hash || block.Number != number, AuditFaults.BlockChanged),
            (number > 1 ? before.Hash is not null && block.Previous != before.Hash : block.Previous is not null, AuditFaults.BlockUnlinked),
            (new[] { root, kept }.OfType<string>().Any(text => !roots.Matches(text, tenantId, number, hash)), AuditFaults.RootDiffers),
            (isUnlinked || wasDeleted, AuditFaults.RootUnlinked),
            (times.Any(at => AuditTimes.IsLate(at, before.Latest)), AuditFaults.EntryLate),
            (times.Any(at => AuditTimes.IsAhead(at, block.SealedAt)), AuditFaults.EntryAhead),
            .. Compare(block, there),
        ];
        return new CheckedBlock(
            new BlocksBefore(hash, after, AuditTimes.Latest(before.Latest, times, block.SealedAt)),
            [.. checks.Where(check => check.IsBroken).Select(check => check.Fault).Distinct()]);
    }

    /// <summary>The time that an entry tells which is there as it was sealed.</summary>
    private static DateTimeOffset? TimeOf(SealedEntry entry, Dictionary<(string Id, string UserId), (string Hash, DateTimeOffset? At)> there) =>
        there.TryGetValue((entry.Id, entry.UserId), out var found) && found.Hash == entry.Hash ? found.At : null;

    private IEnumerable<(bool IsBroken, string Fault)> Compare(
        AuditBlockDocument block, Dictionary<(string Id, string UserId), (string Hash, DateTimeOffset? At)> there)
    {
        var now = (time.GetUtcNow() + ClockSkew).ToUnixTimeSeconds();
        foreach (var entry in block.Listed)
        {
            var isThere = there.Remove((entry.Id, entry.UserId), out var found);
            yield return (!isThere && (entry.Until is not { } until || now < until), AuditFaults.EntryMissing);
            yield return (isThere && found.Hash != entry.Hash, AuditFaults.EntryChanged);
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
