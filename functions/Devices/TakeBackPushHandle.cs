using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>The app takes its push handle back: nothing is pushed to it until it registers one again.</summary>
internal sealed class TakeBackPushHandle(IdentityStore identities, RemovedDevices removed, PhoneWrites writes, TimeProvider time)
{
    private const string Reason = "The app on this phone took its push address back.";

    /// <inheritdoc cref="TakeBackPushHandle"/>
    /// <param name="context">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(TakeBackPushHandle))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "mobile/device/push-handle")] HttpContext context,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        string[] concerned =
        [
            DeviceDocument.IdOf(proof.DeviceId),
            RevocationDocument.IdOf(proof.DeviceId),
            ProofDocument.IdOf(proof.DeviceId, proof.Jti),
        ];
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(key, concerned, stop),
            async (snapshot, attempt) => snapshot.Revocation(proof.DeviceId) is { } revocation
                ? await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken)
                : Decide(snapshot, attempt, proof),
            cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();
    }

    private IResult Decide(PartitionSnapshot snapshot, UpdateAttempt attempt, DeviceProof proof)
    {
        if (snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active } device)
        {
            return DeviceAnswers.Unknown();
        }

        if (snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
        {
            // Spent by the first attempt of this very call, whose answer was lost on its way from the database; or by an earlier call.
            return attempt.IsFirst ? DeviceAnswers.Replayed() : TypedResults.NoContent();
        }

        if (proof.IssuedAt < device.PushHandleProvedAt)
        {
            // A handle was registered after this was signed; somebody may have kept it.
            return DeviceAnswers.Replayed();
        }

        if (attempt.IsFirst && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.PushHandle) is { } refusal)
        {
            return refusal;
        }

        attempt.Batch.Create(DeviceRegistrations.Used(proof));
        if (device.PushHandle is not null || device.IsPartial)
        {
            var now = time.GetUtcNow();
            attempt.Batch
                .Patch(
                    device.Id,
                    DeviceDocument.IsActive,
                    PatchOperation.Set<object?>("/pushHandle", null),
                    PatchOperation.Set("/pushHandleProvedAt", (long)decimal.Floor(proof.IssuedAt)),
                    PatchOperation.Set("/pushStatus", PushStatus.NotReceiving),
                    PatchOperation.Set("/pushReason", Reason),
                    PatchOperation.Set("/pushCheckedAt", now),
                    PatchOperation.Set("/lastActiveAt", now))
                .Create(device.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.PushStatusChanged, device.DeviceId) with
                {
                    Reason = Reason,
                    Before = new Dictionary<string, string?> { ["pushStatus"] = device.PushStatus.ToString() },
                    After = new Dictionary<string, string?> { ["pushStatus"] = nameof(PushStatus.NotReceiving) },
                });
        }

        return TypedResults.NoContent();
    }
}
