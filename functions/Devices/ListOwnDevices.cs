using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>A phone shows the user's phones, so that a lost one can be reported.</summary>
internal sealed class ListOwnDevices(IdentityStore identities, RemovedDevices removed, ReplayGuard replays)
{
    /// <inheritdoc cref="ListOwnDevices"/>
    /// <param name="context">The request.</param>
    /// <param name="proof">Proof of the device's key, checked before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListOwnDevices))]
    [Authorize(DeviceAuthentication.Policy)]
    [ProducesResponseType<OwnDeviceList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.DeviceUnknown, ProblemCodes.DeviceRemoved, ProblemCodes.DeviceOnHold)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mobile/devices")] HttpContext context,
        DeviceProof proof,
        CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(
            new UserKey(proof.TenantId, proof.UserId),
            "c.id IN (@user, @revocation) OR (c.type = 'device' AND c.state = 'active')",
            [("@user", UserDocument.DocumentId), ("@revocation", RevocationDocument.IdOf(proof.DeviceId))],
            cancellationToken);
        if (snapshot.Revocation(proof.DeviceId) is { } revocation)
        {
            return await removed.TellAsync(revocation, proof, isSpent: false, cancellationToken);
        }

        if (snapshot.Device(proof.DeviceId) is not { State: DeviceState.Active })
        {
            return DeviceAnswers.Unknown();
        }

        return replays.TryRemember(proof)
            ? TypedResults.Ok(new OwnDeviceList([.. snapshot.Devices.OrderByDescending(device => device.LastActiveAt).Select(Shown)]))
            : DeviceAnswers.Replayed();

        OwnDevice Shown(DeviceDocument device) => new(
            device.DeviceId,
            device.Name.Shown(),
            device.Model.Shown(),
            device.Platform,
            device.LastActiveAt,
            IsActive: device.DeviceId == snapshot.User?.ActiveDeviceId,
            IsThis: device.DeviceId == proof.DeviceId);
    }
}
