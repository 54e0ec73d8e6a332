using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Audit;

/// <summary>
/// Records what somebody has to look at. Whoever can cause an alert can cause thousands: those of one user and one kind within a day are
/// folded into one entry, which tells the first of them, how many there were, the last time, and the first targets.
/// </summary>
internal static class Alerts
{
    /// <summary>Targets that one entry lists; the count includes the others.</summary>
    public const int MaxTargets = 20;

    /// <summary>Tries to list a further target while others do the same; then it is counted only.</summary>
    private const int MaxListings = 4;

    private const string IsEntry = "FROM c WHERE c.type = 'audit'";

    /// <summary>Records an alert. Two requests when it is the first of its kind within a day, else three.</summary>
    /// <param name="identities">The store.</param>
    /// <param name="alert">The entry, as if it was the first; see <see cref="AuditEntries.Entry"/>.</param>
    /// <param name="proof">The proof that caused it, remembered in the same transaction; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the proof had been used before: nothing was recorded.</returns>
    public static async Task<bool> TryRaiseAsync(
        this IdentityStore identities, AuditDocument alert, ProofDocument? proof, CancellationToken cancellationToken)
    {
        var isFirst = true;
        var result = await identities.UpdateAsync(
            alert.Key,
            async stop =>
            {
                var isUsed = !isFirst && proof is not null
                    && await identities.ReadAsync<ProofDocument>(alert.Key, proof.Id, stop) is not null;
                isFirst = false;
                return new Found(isUsed ? null : await EntryAsync(identities, alert.Key, alert.Action, stop), isUsed);
            },
            (found, attempt) =>
            {
                if (!found.IsProofUsed)
                {
                    Raise(attempt.Batch, alert, found.Entry, lists: attempt.Number < MaxListings, proof);
                }

                return !found.IsProofUsed;
            },
            cancellationToken);
        return result.ValueOrTimeout("alert's entry");
    }

    /// <summary>Records an alert in the batch of what caused it; further targets of a day are counted only.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="alert">The entry, as if it was the first; see <see cref="AuditEntries.Entry"/>.</param>
    /// <param name="read">What was read of the partition, the document <see cref="AlertDocument.IdOf"/> names included.</param>
    public static PartitionBatch Raise(this PartitionBatch batch, AuditDocument alert, PartitionSnapshot read)
    {
        if (read.Alerts.Find(known => known.Id == AlertDocument.IdOf(alert.Action)) is { EntryId: var entryId })
        {
            return batch.Patch(entryId, IsEntry, PatchOperation.Increment("/count", 1), PatchOperation.Set("/lastAt", alert.At));
        }

        Raise(batch, alert, entry: null, lists: false, proof: null);
        return batch;
    }

    private static async Task<AuditDocument?> EntryAsync(
        IdentityStore identities, UserKey key, string action, CancellationToken cancellationToken) =>
        await identities.ReadAsync<AlertDocument>(key, AlertDocument.IdOf(action), cancellationToken) is { EntryId: var entryId }
            ? await identities.ReadAsync<AuditDocument>(key, entryId, cancellationToken)
            : null;

    private static void Raise(PartitionBatch batch, AuditDocument alert, AuditDocument? entry, bool lists, ProofDocument? proof)
    {
        if (entry is not null)
        {
            Fold(batch, entry, lists && alert.Targets is [var target, ..] ? target : null, alert.At);
        }
        else
        {
            batch.Create(alert with { Alert = true }).Create(new AlertDocument
            {
                Id = AlertDocument.IdOf(alert.Action),
                TenantId = alert.TenantId,
                UserId = alert.UserId,
                EntryId = alert.Id,
            });
        }

        if (proof is not null)
        {
            batch.Create(proof);
        }
    }

    private static void Fold(PartitionBatch batch, AuditDocument entry, string? target, DateTimeOffset at)
    {
        var again = (PatchOperation[])[PatchOperation.Increment("/count", 1), PatchOperation.Set("/lastAt", at)];
        // The first target is what the chain seals of them.
        if (target is null || entry.Targets.Contains(target) || entry.Targets.Count is 0 or >= MaxTargets)
        {
            batch.Patch(entry.Id, IsEntry, again);
        }
        else
        {
            // Somebody may add another at the same moment: then the entry is read again.
            batch.Patch(
                entry.Id, $"FROM c WHERE c.type = 'audit' AND ARRAY_LENGTH(c.targets) = {entry.Targets.Count}", [.. again, PatchOperation.Add("/targets/-", target)]);
        }
    }

    private sealed record Found(AuditDocument? Entry, bool IsProofUsed);
}
