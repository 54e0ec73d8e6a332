using System.Text.Json;
using BlokSec.Functions.Audit;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditStreams;

/// <summary>A block on its way into a stream.</summary>
/// <param name="Number">Its number.</param>
/// <param name="SealedAt">When it was made; null when it is gone.</param>
/// <param name="Entries">In the order of the block; at least one.</param>
internal sealed record StreamedBlock(long Number, DateTimeOffset? SealedAt, IReadOnlyList<StreamedEntry> Entries)
{
    /// <summary>Whether something in it is not as it was sealed.</summary>
    public bool IsDamaged => SealedAt is null || Entries.Any(entry => entry.State is not (EntryStates.Sealed or EntryStates.Expired));
}

/// <summary>Reads blocks with their entries, and says of each entry whether it is as it was sealed.</summary>
internal sealed class StreamedBlocks(IdentityStore identities, TimeProvider time)
{
    public async Task<StreamedBlock> ReadAsync(string tenantId, long number, CancellationToken cancellationToken)
    {
        var block = await BlockAsync(tenantId, number, cancellationToken);
        var found = new Dictionary<(string Id, string UserId), JsonElement>();
        foreach (var entry in await identities.TenantFirstAsync<JsonElement>(
            tenantId,
            "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND c.block = @number ORDER BY c.id",
            [("@number", number)],
            2 * AuditBlockDocument.MaxEntries,
            cancellationToken))
        {
            found[SealedEntry.PlaceOf(entry)] = entry;
        }

        var entries = (block?.Listed ?? []).Select(known => Of(known, number, found)).ToList();
        entries.AddRange(found.Select(entry => new StreamedEntry(entry.Key.Id, entry.Key.UserId, number, Hash: null, EntryStates.Unsealed, DetailsOf(entry.Value))));
        if (entries.Count == 0)
        {
            entries.Add(new StreamedEntry(AuditBlockDocument.IdOf(number), AuditChainDocument.KeyOf(tenantId).UserId, number, Hash: null, EntryStates.Missing, Details: null));
        }

        return new StreamedBlock(number, block?.SealedAt, entries);
    }

    /// <returns>Null when it is gone, or was made unreadable: it must not hold up what is after it.</returns>
    private async Task<AuditBlockDocument?> BlockAsync(string tenantId, long number, CancellationToken cancellationToken)
    {
        try
        {
            return await identities.ReadAsync<AuditBlockDocument>(
                AuditChainDocument.KeyOf(tenantId), AuditBlockDocument.IdOf(number), cancellationToken) is { Entries: not null } block ? block : null;
        }
        catch (UnreadableDocumentException)
        {
            return null;
        }
    }

    private StreamedEntry Of(SealedEntry known, long number, Dictionary<(string Id, string UserId), JsonElement> found)
    {
        var isThere = found.Remove((known.Id, known.UserId), out var entry);
        var state = isThere
            ? AuditHashes.OfEntry(entry) == known.Hash ? EntryStates.Sealed : EntryStates.Changed
            : known.Until <= time.GetUtcNow().ToUnixTimeSeconds() ? EntryStates.Expired : EntryStates.Missing;
        return new StreamedEntry(known.Id, known.UserId, number, known.Hash, state, isThere ? DetailsOf(entry) : null);
    }

    private static Contracts.AuditEntryDetails? DetailsOf(JsonElement entry)
    {
        try
        {
            return entry.Deserialize<AuditDocument>(Json.Documents) is { Actor: not null, Targets: not null } document ? AuditPages.Details(document) : null;
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return null;
        }
    }
}
