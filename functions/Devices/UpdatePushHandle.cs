using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Push;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>The app registers its push handle: at first, after a rotation, or after the provider reported it as dead.</summary>
internal sealed class UpdatePushHandle(
    IdentityStore identities, RemovedDevices removed, PhoneWrites writes, ReplayGuard replays, TimeProvider time)
{
    /// <inheritdoc cref="UpdatePushHandle"/>
    /// <param name="context">The request.</param>
    /// <param name="request">The push handle.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(UpdatePushHandle))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "mobile/device/push-handle")] HttpContext context,
        PushHandleRegistration request,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        string[] concerned =
        [
            UserDocument.DocumentId,
            DeviceDocument.IdOf(proof.DeviceId),
            RevocationDocument.IdOf(proof.DeviceId),
            ProofDocument.IdOf(proof.DeviceId, proof.Jti),
        ];
        var result = await identities.UpdateAsync(
            key,
            stop => identities.QueryAsync(key, concerned, stop),
            async (snapshot, attempt) => snapshot.Revocation(proof.DeviceId) is { } revocation
                ? await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken)
                : Decide(snapshot, attempt, request, proof),
            cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();
    }

    private IResult Decide(PartitionSnapshot snapshot, UpdateAttempt attempt, PushHandleRegistration request, DeviceProof proof)
    {
        if (snapshot.User is not { } user || snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active } device)
        {
            return DeviceAnswers.Unknown();
        }

        if (snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
        {
            // Spent by the first attempt of this very call, whose answer was lost on its way from the database; or by an earlier call.
            return attempt.IsFirst ? DeviceAnswers.Replayed() : TypedResults.NoContent();
        }

        if (!device.IsPartial && request.MisfitOf(device.Platform) is { } misfit)
        {
            return Problems.InvalidRequest("kind", misfit);
        }

        var handle = DeviceRegistrations.Handle(request, time.GetUtcNow())!;
        var told = device.IsPartial ? [] : CheckIn.Changes(device, proof.Facts, handle.RegisteredAt);
        var isKnown = IsKnown(user, device, handle);
        if (isKnown && told.Count == 0)
        {
            return !attempt.IsFirst || replays.TryRemember(proof) ? TypedResults.NoContent() : DeviceAnswers.Replayed();
        }

        if (proof.IssuedAt < device.PushHandleProvedAt)
        {
            // It may have been kept from a call that changed nothing, of which only one instance knows.
            return DeviceAnswers.Replayed();
        }

        if (attempt.IsFirst && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.PushHandle) is { } refusal)
        {
            return refusal;
        }

        if (!isKnown)
        {
            Register(user, device, handle, proof, attempt.Batch);
        }

        if (told.Count > 0)
        {
            attempt.Batch.Patch(device.Id, DeviceDocument.IsActive, told);
        }

        if (CheckIn.Entry(device with { PushStatus = PushStatus.Receiving }, proof.Facts, handle.RegisteredAt) is { } entry)
        {
            attempt.Batch.Create(entry);
        }

        attempt.Batch.Create(DeviceRegistrations.Used(proof));
        return TypedResults.NoContent();
    }

    private static bool IsKnown(UserDocument user, DeviceDocument device, PushHandle handle) =>
        device is { PushStatus: PushStatus.Receiving, PushReason: null }
        && device.PushHandle is { } known
        && known with { RegisteredAt = handle.RegisteredAt } == handle
        && user.ActiveDeviceId is not null;

    private static void Register(UserDocument user, DeviceDocument device, PushHandle handle, DeviceProof proof, PartitionBatch batch)
    {
        var owner = user with { ActiveDeviceId = user.ActiveDeviceId ?? device.DeviceId };
        batch.Patch(
            device.Id,
            DeviceDocument.IsActive,
            PatchOperation.Set("/pushHandle", handle),
            PatchOperation.Set("/pushHandleProvedAt", (long)decimal.Floor(proof.IssuedAt)),
            PatchOperation.Set("/pushStatus", PushStatus.Receiving),
            PatchOperation.Set<string?>("/pushReason", null),
            PatchOperation.Set("/lastActiveAt", handle.RegisteredAt));
        if (user.ActiveDeviceId is null)
        {
            // The only time that a registered phone writes the user's document: once after an administrator left it without an active device.
            batch.Patch(user.Id, user.IsUnchanged, PatchOperation.Set("/activeDeviceId", owner.ActiveDeviceId));
        }

        batch.Create(user.Key.Entry(handle.RegisteredAt, AuditActor.Phone(device.DeviceId), AuditActions.PushHandleChanged, device.DeviceId) with
        {
            Before = Told(user, device.PushStatus),
            After = Told(owner, PushStatus.Receiving),
        });
    }

    private static Dictionary<string, string?> Told(UserDocument user, PushStatus status) => new()
    {
        ["pushStatus"] = status.ToString(),
        ["activeDeviceId"] = user.ActiveDeviceId,
    };
}
