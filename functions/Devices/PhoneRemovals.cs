using BlokSec.Functions.Identities;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>Removals that the user decides on, on a phone: the same fence as an administrator's.</summary>
internal sealed class PhoneRemovals(RevocationRequests requests, RemovedDevices removed, TimeProvider time)
{
    /// <summary>Removes a device of the caller's user.</summary>
    /// <param name="context">The request.</param>
    /// <param name="proof">The proof of the phone that calls, which must be registered.</param>
    /// <param name="deviceId">The device to remove.</param>
    /// <param name="action">What the auditor reads.</param>
    /// <param name="isAlert">Whether an administrator has to look at it.</param>
    /// <param name="refuse">Why this user's phone may not; null when it may.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> CommitAsync(
        HttpContext context,
        DeviceProof proof,
        string deviceId,
        string action,
        bool isAlert,
        Func<UserDocument, IResult?> refuse,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var request = new RevocationRequest(
            RequestIds.For(key, proof.DeviceId, proof.Jti, time.GetUtcNow()),
            Contracts.OperationKind.RemoveDevice,
            AuditActor.Phone(proof.DeviceId),
            Reason: null,
            RequestIds.Fingerprint(action, proof.UserId, deviceId),
            time.GetUtcNow())
        {
            IsUrgent = true,
        };
        RevocationDocument? callers = null;
        var answer = await requests.CommitAsync(
            context,
            key,
            request,
            [RevocationDocument.IdOf(deviceId), RevocationDocument.IdOf(proof.DeviceId)],
            Decide,
            static _ => TypedResults.NoContent(),
            nobody: DeviceAnswers.Unknown(),
            cancellationToken);
        return callers is null ? answer : await removed.TellAsync(callers, proof, isSpent: false, cancellationToken);

        RevocationTarget Decide(PartitionSnapshot snapshot, UserDocument user)
        {
            callers = snapshot.Revocation(proof.DeviceId);
            return snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active }
                ? new RevocationTarget.Refuse(DeviceAnswers.Unknown())
                : refuse(user) is { } refusal
                    ? new RevocationTarget.Refuse(refusal)
                    : Guarded(DeviceRemoval.Of(snapshot, user, deviceId, action, planHash: null, request.At));
        }

        // The phone that asks must still be registered when this is committed, and its proof is spent.
        RevocationTarget Guarded(RevocationTarget target) => target is RevocationTarget.Devices devices
            ? devices with
            {
                IsAlert = isAlert,
                WriteUser = batch =>
                {
                    devices.WriteUser(batch);
                    batch.Create(DeviceRegistrations.Used(proof));
                    if (deviceId != proof.DeviceId)
                    {
                        batch.Patch(DeviceDocument.IdOf(proof.DeviceId), DeviceDocument.IsActive, PatchOperation.Set("/deviceId", proof.DeviceId));
                    }
                },
            }
            : target;
    }
}
