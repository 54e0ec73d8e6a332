using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using BlokSec.Functions.Signals;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Enrollment;

/// <summary>A further phone, restored from the user's backup: same DID, own device key. Nobody's other device is touched.</summary>
internal sealed class RestoreDevice(
    IdentityStore identities, RemovedDevices removed, PhoneWrites writes, EnrollmentProofs proofs, EnrollingKeys keys, SignalDispatch signals, TimeProvider time)
{
    /// <inheritdoc cref="RestoreDevice"/>
    /// <param name="context">The call.</param>
    /// <param name="request">DID and phone.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(RestoreDevice))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status201Created)]
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.UserSuspended, ProblemCodes.DidRetired, ProblemCodes.DeviceLimit, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold, ProblemCodes.KeyInUse, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "mobile/devices")] HttpContext context,
        RestoreDeviceRequest request,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(request.TenantId, request.UserId);
        if (proofs.Refuse(context.Request, proof, key, request.Did, request.DidProof, claimCode: null) is { } unproved)
        {
            return unproved;
        }

        long? enteredIn = null;
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(key, stop => ReadAsync(key, proof, stop), DecideAsync, cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
        }

        return result.Value ?? Problems.TooManyConflicts();

        async Task<IResult> DecideAsync(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (attempt.IsFirst && snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
            {
                return DeviceAnswers.Replayed();
            }

            if (await RefuseAsync(snapshot, request, proof, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var user = snapshot.User!;
            if (attempt.IsFirst && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.Enrollment) is { } tooMany)
            {
                return tooMany;
            }

            if (enteredIn != user.Epoch
                && await keys.EnterAsync(user, proof, request.Did, isDidEntered: user.KeysEntered, cancellationToken) is { } keyRefusal)
            {
                return keyRefusal;
            }

            enteredIn = user.Epoch;
            (var restored, signal) = Restore(user, request, proof, ClientAddress.Of(context), attempt.Batch);
            return restored;
        }
    }

    /// <summary>Why the phone is not added, or the answer once more for one that was; null when it may be.</summary>
    private async Task<IResult?> RefuseAsync(
        PartitionSnapshot snapshot, RestoreDeviceRequest request, DeviceProof proof, CancellationToken cancellationToken)
    {
        var isTheUsers = snapshot.User is { DidState: DidState.Active } active && active.Did == request.Did;
        var refusal = snapshot.User is { } named && !isTheUsers
            ? await keys.RefuseAsync(named, proof, request.Did, cancellationToken)
            : null;
        if (snapshot.Revocation(proof.DeviceId) is { } revocation)
        {
            return await removed.TellAsync(revocation, proof, isSpent: refusal is not null, cancellationToken);
        }

        if (snapshot.User is not { } user || !isTheUsers)
        {
            return refusal ?? NotTheUsers();
        }

        if (snapshot.Device(proof.DeviceId) is { State: DeviceState.Active } known)
        {
            return TypedResults.Ok(DeviceRegistrations.Enrolled(user, known));
        }

        if (user.IsBarred)
        {
            return DeviceAnswers.Suspended();
        }

        return user.DeviceCount >= UserDocument.MaxDevices
            ? Problems.Of(
                ProblemCodes.DeviceLimit,
                $"The user has {user.DeviceCount} devices, as many as allowed. Ask your administrator to remove one.")
            : null;
    }

    private static IResult NotTheUsers() => DeviceAnswers.ProofInvalid("This DID is not the user's.");

    private Task<PartitionSnapshot> ReadAsync(UserKey key, DeviceProof proof, CancellationToken cancellationToken) => identities.QueryAsync(
        key,
        [
            UserDocument.DocumentId,
            DeviceDocument.IdOf(proof.DeviceId),
            RevocationDocument.IdOf(proof.DeviceId),
            ProofDocument.IdOf(proof.DeviceId, proof.Jti),
        ],
        cancellationToken);

    private (IResult Restored, SignalDocument? Signal) Restore(
        UserDocument user, RestoreDeviceRequest request, DeviceProof proof, IPAddress? address, PartitionBatch batch)
    {
        var now = time.GetUtcNow();
        var device = DeviceRegistrations.Document(user, proof, request.Device, now);
        var owner = user.With(device);
        var entry = user.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.DeviceRestored, device.DeviceId) with
        {
            Before = new Dictionary<string, string?> { ["activeDeviceId"] = user.ActiveDeviceId },
            After = new Dictionary<string, string?> { ["activeDeviceId"] = owner.ActiveDeviceId },
        };
        batch.Replace(owner)
            .Create(device)
            .Create(entry)
            .Create(DeviceRegistrations.Used(proof));
        var signal = signals.Add(batch, UserSignals.DeviceAdded(user, device, operationId: null, address, now));
        return (TypedResults.Json(DeviceRegistrations.Enrolled(user, device), statusCode: StatusCodes.Status201Created), signal);
    }
}
