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
    /// <summary>410 with the signed statement; 403 as long as the removal can be taken back, and nothing is recorded.</summary>
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

        if (revocation.IsHeld)
        {
            return DeviceAnswers.OnHold();
        }

        var result = await identities.UpdateAsync(
            revocation.Key,
            stop => ReadAsync(revocation, proof, stop),
            (found, attempt) => Decide(found, proof, isSpent, attempt.Batch),
            known: new Found(revocation, IsProofUsed: false),
            cancellationToken);
        var answer = result.ValueOrTimeout("revocation")!;
        if (result.IsWritten)
        {
            Measures.Revocation("learned", time.GetUtcNow() - revocation.ToldFrom);
        }

        return answer;
    }

    private async Task<Found> ReadAsync(RevocationDocument revocation, DeviceProof proof, CancellationToken cancellationToken)
    {
        var proofId = ProofDocument.IdOf(proof.DeviceId, proof.Jti);
        var snapshot = await identities.QueryAsync(revocation.Key, [revocation.Id, proofId], cancellationToken);

        // One that is not on hold is never deleted.
        return new Found(snapshot.Revocation(proof.DeviceId) ?? revocation, snapshot.Has(proofId));
    }

    private IResult Decide(Found found, DeviceProof proof, bool isSpent, PartitionBatch batch)
    {
        var (revocation, isProofUsed) = found;
        if (revocation is not { LearnedAt: null, ConfirmedAt: null })
        {
            return DeviceAnswers.Removed(revocation);
        }

        if (!isSpent && isProofUsed)
        {
            // It was spent on another call.
            return DeviceAnswers.Replayed();
        }

        if (IsMadeAfter(proof, revocation.ToldFrom))
        {
            Learn(revocation, proof, isSpent, batch);
        }

        return DeviceAnswers.Removed(revocation);
    }

    /// <summary>
    /// A proof that was made before the removal, or while it was on hold, does not show that the phone asks now: somebody may have kept it. It is answered all the same,
    /// because an honest phone may have been on its way; its next call counts.
    /// </summary>
    private static bool IsMadeAfter(DeviceProof proof, DateTimeOffset since) => proof.IssuedAt * 1000m >= since.ToUnixTimeMilliseconds();

    private void Learn(RevocationDocument revocation, DeviceProof proof, bool isSpent, PartitionBatch batch)
    {
        var now = time.GetUtcNow();
        var entry = revocation.Key.Entry(now, AuditActor.Phone(proof.DeviceId), AuditActions.RemovalLearned, proof.DeviceId) with
        {
            OperationId = revocation.OperationId,
        };
        batch.Replace(RevocationRecords.Learned(revocation, proof, now)).Create(entry);
        if (!isSpent)
        {
            batch.Create(DeviceRegistrations.Used(proof));
        }
    }

    private sealed record Found(RevocationDocument Revocation, bool IsProofUsed);
}
