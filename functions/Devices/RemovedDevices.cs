using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Devices;

/// <summary>Tells a removed phone, whatever it calls, and records the first time as <em>learned at next open</em>.</summary>
internal sealed class RemovedDevices(IdentityStore identities, ReplayGuard replays, TimeProvider time)
{
    /// <summary>410 with the signed statement.</summary>
    /// <param name="revocation">The device's revocation.</param>
    /// <param name="proof">The proof of the call; remembered in the same batch as what it proves.</param>
    /// <param name="isSpent">Whether the caller remembered the proof before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> TellAsync(
        RevocationDocument revocation, DeviceProof proof, bool isSpent, CancellationToken cancellationToken)
    {
        if (!isSpent && !replays.TryRemember(proof))
        {
            return DeviceAnswers.Replayed();
        }

        var proofId = ProofDocument.IdOf(proof.DeviceId, proof.Jti);
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            if (revocation is { LearnedAt: not null } or { ConfirmedAt: not null } || !IsMadeAfter(proof, revocation.BlockedAt))
            {
                return DeviceAnswers.Removed(revocation);
            }

            if (await LearnAsync(revocation, proof, isSpent, cancellationToken))
            {
                return DeviceAnswers.Removed(revocation);
            }

            var snapshot = await identities.QueryAsync(revocation.Key, [revocation.Id, proofId], cancellationToken);
            revocation = snapshot.Revocation(proof.DeviceId)!;
            if (!isSpent && snapshot.Has(proofId) && revocation is { LearnedAt: null, ConfirmedAt: null })
            {
                // It was spent on another call.
                return DeviceAnswers.Replayed();
            }
        }

        throw new TimeoutException("The revocation is being changed again and again.");
    }

    /// <summary>
    /// A proof that was made before the removal does not show that the phone asks now: somebody may have kept it. It is answered all the same,
    /// because an honest phone may have been on its way; its next call counts.
    /// </summary>
    private static bool IsMadeAfter(DeviceProof proof, DateTimeOffset blockedAt) => proof.IssuedAt * 1000m >= blockedAt.ToUnixTimeMilliseconds();

    private async Task<bool> LearnAsync(RevocationDocument revocation, DeviceProof proof, bool isSpent, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var entry = revocation.Key.Entry(now, AuditActor.Phone(proof.DeviceId), AuditActions.RemovalLearned, proof.DeviceId) with
        {
            OperationId = revocation.OperationId,
        };
        var batch = identities.Begin(revocation.Key).Replace(RevocationRecords.Learned(revocation, now)).Create(entry);
        if (!isSpent)
        {
            batch.Create(DeviceRegistrations.Used(proof));
        }

        var result = await batch.CommitAsync(cancellationToken);
        if (result == BatchResult.Committed)
        {
            Measures.Revocation("learned", now - revocation.BlockedAt);
        }

        return result == BatchResult.Committed;
    }
}
