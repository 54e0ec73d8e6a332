using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>A further phone, restored from the user's backup: same DID, own device key. Nobody's other device is touched.</summary>
internal sealed class RestoreDevice(
    IdentityStore identities, RemovedDevices removed, PhoneWrites writes, DidProofs didProofs, EnrollingKeys keys, TimeProvider time)
{
    /// <inheritdoc cref="RestoreDevice"/>
    /// <param name="httpRequest">The call.</param>
    /// <param name="request">DID and phone.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status201Created)]
    [ProducesResponseType<EnrolledDevice>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.DidRetired, ProblemCodes.DeviceLimit, ProblemCodes.DeviceRemoved, ProblemCodes.KeyInUse, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        HttpRequest httpRequest, RestoreDeviceRequest request, DeviceProof proof, CancellationToken cancellationToken)
    {
        if (DeviceAnswers.Mismatch(proof, request.TenantId, request.UserId) is { } mismatch)
        {
            return mismatch;
        }

        if (didProofs.Fault(httpRequest, proof, request.Did, request.DidProof, claimCode: null) is { } fault)
        {
            return DeviceAnswers.ProofInvalid(fault);
        }

        var key = new UserKey(request.TenantId, request.UserId);
        long? enteredIn = null;
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await ReadAsync(key, proof, cancellationToken);
            if (attempt == 0 && snapshot.Has(ProofDocument.IdOf(proof.DeviceId, proof.Jti)))
            {
                return DeviceAnswers.Replayed();
            }

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

            if (user.DeviceCount >= UserDocument.MaxDevices)
            {
                return Problems.Conflict(
                    ProblemCodes.DeviceLimit,
                    $"The user has {user.DeviceCount} devices, as many as allowed. Ask your administrator to remove one.");
            }

            if (attempt == 0 && writes.Refuse(proof.TenantId, proof.UserId, PhoneWrite.Enrollment) is { } tooMany)
            {
                return tooMany;
            }

            if (enteredIn != user.Epoch
                && await keys.EnterAsync(user, proof, request.Did, isDidEntered: user.KeysEntered, cancellationToken) is { } keyRefusal)
            {
                return keyRefusal;
            }

            enteredIn = user.Epoch;
            if (await CommitAsync(user, request, proof, cancellationToken) is { } enrolled)
            {
                return TypedResults.Json(enrolled, statusCode: StatusCodes.Status201Created);
            }
        }

        return Problems.TooManyConflicts();
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

    private async Task<EnrolledDevice?> CommitAsync(
        UserDocument user, RestoreDeviceRequest request, DeviceProof proof, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var device = DeviceRegistrations.Document(user, proof, request.Device, now);
        var owner = user.With(device);
        var entry = user.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.DeviceRestored, device.DeviceId) with
        {
            Before = new Dictionary<string, string?> { ["activeDeviceId"] = user.ActiveDeviceId },
            After = new Dictionary<string, string?> { ["activeDeviceId"] = owner.ActiveDeviceId },
        };
        var result = await identities.Begin(user.Key)
            .Replace(owner)
            .Create(device)
            .Create(entry)
            .Create(DeviceRegistrations.Used(proof))
            .CommitAsync(cancellationToken);
        return result == BatchResult.Committed ? DeviceRegistrations.Enrolled(user, device) : null;
    }
}
