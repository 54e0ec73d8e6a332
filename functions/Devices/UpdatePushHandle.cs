using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>The app registers its push handle: at first, after a rotation, or after the provider called it dead.</summary>
internal sealed class UpdatePushHandle(IdentityStore identities, TimeProvider time)
{
    /// <inheritdoc cref="UpdatePushHandle"/>
    /// <param name="request">The push handle.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(PushHandleRegistration request, DeviceProof proof, CancellationToken cancellationToken)
    {
        var key = new UserKey(proof.TenantId, proof.UserId);
        var proofId = ProofDocument.IdOf(proof.DeviceId, proof.Jti);
        string[] concerned =
            [UserDocument.DocumentId, DeviceDocument.IdOf(proof.DeviceId), RevocationDocument.IdOf(proof.DeviceId), proofId];
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await identities.QueryAsync(key, concerned, cancellationToken);
            if (snapshot.Revocation(proof.DeviceId) is { } revocation)
            {
                return DeviceAnswers.Removed(revocation);
            }

            if (snapshot.User is not { } user || snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active } device)
            {
                return DeviceAnswers.Unknown();
            }

            if (attempt == 0 && snapshot.Has(proofId))
            {
                return DeviceAnswers.Replayed();
            }

            if (request.MisfitOf(device.Platform) is { } misfit)
            {
                return Problems.InvalidRequest("kind", misfit);
            }

            if (await CommitAsync(user, device, request, proof, cancellationToken) == BatchResult.Committed)
            {
                return TypedResults.NoContent();
            }
        }

        return Problems.TooManyConflicts();
    }

    private Task<BatchResult> CommitAsync(
        UserDocument user,
        DeviceDocument device,
        PushHandleRegistration request,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var handle = DeviceRegistrations.Handle(request, now)!;
        var registered = device with
        {
            PushHandle = handle,
            PushStatus = PushStatus.Receiving,
            PushReason = null,
            LastActiveAt = now,
        };
        var owner = user with
        {
            ActiveDeviceId = user.ActiveDeviceId ?? device.DeviceId,
            LivePushHandles = user.LivePushHandles.With(device.DeviceId, handle),
        };
        var entry = user.Key.Entry(now, AuditActor.Phone(device.DeviceId), AuditActions.PushHandleChanged, device.DeviceId) with
        {
            Before = Told(user, device),
            After = Told(owner, registered),
        };
        return identities.Begin(user.Key)
            .Replace(owner)
            .Replace(registered)
            .Create(entry)
            .Create(DeviceRegistrations.Used(proof))
            .CommitAsync(cancellationToken);
    }

    private static Dictionary<string, string?> Told(UserDocument user, DeviceDocument device) => new()
    {
        ["pushStatus"] = device.PushStatus.ToString(),
        ["activeDeviceId"] = user.ActiveDeviceId,
    };
}
