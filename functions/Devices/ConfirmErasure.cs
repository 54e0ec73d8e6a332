using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
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
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(DeviceProof proof, CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var proofId = ProofDocument.IdOf(proof.DeviceId, proof.Jti);
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await identities.QueryAsync(
                key, [RevocationDocument.IdOf(proof.DeviceId), DeviceDocument.IdOf(proof.DeviceId), proofId], cancellationToken);
            if (attempt == 0 && snapshot.Has(proofId))
            {
                return DeviceAnswers.Replayed();
            }

            if (snapshot.Revocation(proof.DeviceId) is not { } revocation)
            {
                return snapshot.Device(proof.DeviceId) is null
                    ? DeviceAnswers.Unknown()
                    : Problems.Conflict(ProblemCodes.Conflict, "This device was not removed; it must not erase itself.");
            }

            // Before or, when only the answer of the database was lost, by this very call.
            if (revocation.ConfirmedAt is not null)
            {
                return TypedResults.NoContent();
            }

            var now = time.GetUtcNow();
            var entry = key.Entry(now, AuditActor.Phone(proof.DeviceId), AuditActions.RemovalConfirmed, proof.DeviceId) with
            {
                OperationId = revocation.OperationId,
            };
            var result = await identities.Begin(key)
                .Replace(RevocationRecords.Confirmed(revocation, now))
                .Create(entry)
                .Create(DeviceRegistrations.Used(proof))
                .CommitAsync(cancellationToken);
            if (result == BatchResult.Committed)
            {
                Measures.Revocation("confirmed", now - revocation.BlockedAt);
                return TypedResults.NoContent();
            }
        }

        return Problems.TooManyConflicts();
    }
}
