using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>A removed phone says, signed by its dying key, that it erased itself.</summary>
internal sealed class ConfirmErasure(IdentityStore identities, TimeProvider time)
{
    /// <inheritdoc cref="ConfirmErasure"/>
    /// <param name="context">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ConfirmErasure))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mobile/device/erasure")] HttpContext context,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var proofId = ProofDocument.IdOf(proof.DeviceId, proof.Jti);
        DateTimeOffset? blockedAt = null;
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(
                key,
                [RevocationDocument.IdOf(proof.DeviceId), RevokedHandleDocument.IdOf(proof.DeviceId), DeviceDocument.IdOf(proof.DeviceId), proofId],
                stop),
            Decide,
            cancellationToken);
        if (result.IsWritten)
        {
            Measures.Revocation("confirmed", time.GetUtcNow() - blockedAt!.Value);
        }

        return result.Value ?? Problems.TooManyConflicts();

        IResult Decide(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (attempt.IsFirst && snapshot.Has(proofId))
            {
                return DeviceAnswers.Replayed();
            }

            if (snapshot.Revocation(proof.DeviceId) is not { IsHeld: false } revocation)
            {
                return snapshot.Device(proof.DeviceId) is null && snapshot.Revocation(proof.DeviceId) is null
                    ? DeviceAnswers.Unknown()
                    : Problems.Of(ProblemCodes.Conflict, "This device was not removed; it must not erase itself.");
            }

            // Before or, when only the answer of the database was lost, by this very call.
            if (revocation.ConfirmedAt is null)
            {
                blockedAt = revocation.ToldFrom;
                Confirm(revocation, proof, attempt.Batch);
                if (snapshot.Has(RevokedHandleDocument.IdOf(proof.DeviceId)))
                {
                    attempt.Batch.Delete(RevokedHandleDocument.IdOf(proof.DeviceId));
                }
            }

            return TypedResults.NoContent();
        }
    }

    private void Confirm(RevocationDocument revocation, DeviceProof proof, PartitionBatch batch)
    {
        var now = time.GetUtcNow();
        var entry = revocation.Key.Entry(now, AuditActor.Phone(proof.DeviceId), AuditActions.RemovalConfirmed, proof.DeviceId) with
        {
            OperationId = revocation.OperationId,
        };
        batch.Replace(RevocationRecords.Confirmed(revocation, proof, now)).Create(entry).Create(DeviceRegistrations.Used(proof));
    }
}
