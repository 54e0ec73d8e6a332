using System.ComponentModel;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>Chooses the device that sign-in requests are pushed to.</summary>
internal sealed class SetActiveDevice(IdentityStore identities, TimeProvider time)
{
    /// <inheritdoc cref="SetActiveDevice"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The device.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="ifMatch">The user as the administrator saw it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SetActiveDevice))]
    [Authorize(AdminPolicies.DevicesManage)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.NoPushHandle, ProblemCodes.PreconditionFailed, ProblemCodes.PreconditionRequired)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "users/{userId}/active-device")] HttpContext context,
        string userId,
        SetActiveDeviceRequest request,
        Administrator administrator,
        [FromHeader(Name = "If-Match"), Description("The ETag of the user that was seen, or * for any. Needed.")] string? ifMatch,
        CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(ifMatch))
        {
            return Problems.Of(
                ProblemCodes.PreconditionRequired,
                "Send If-Match with the ETag of the user you saw, or * for any.");
        }

        var key = new UserKey(administrator.TenantId, userId);
        var result = await identities.UpdateAsync(
            key,
            stop => ReadAsync(key, request.DeviceId, stop),
            (snapshot, attempt) => Decide(snapshot, request.DeviceId, ifMatch, administrator, attempt.Batch),
            cancellationToken);
        return result.Value ?? Stale();
    }

    private async Task<PartitionSnapshot> ReadAsync(UserKey key, string deviceId, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(key, [UserDocument.DocumentId, DeviceDocument.IdOf(deviceId)], cancellationToken);
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        return snapshot;
    }

    private IResult Decide(PartitionSnapshot snapshot, string deviceId, string ifMatch, Administrator administrator, PartitionBatch batch)
    {
        if (snapshot.User is not { } user)
        {
            return Problems.NotFound("user");
        }

        // Where there was no active device, a phone may have become it meanwhile; the choice stands all the same.
        if (ifMatch != "*" && ifMatch != user.Version && ifMatch != (user with { ActiveDeviceId = null }).Version)
        {
            return Stale();
        }

        if (snapshot.Device(deviceId) is not { State: DeviceState.Active } device)
        {
            return Problems.NotFound("device");
        }

        if (device.PushHandle is null)
        {
            return Problems.Of(
                ProblemCodes.NoPushHandle, "Push notifications cannot reach this device: its app registered no push handle.");
        }

        if (user.ActiveDeviceId != device.DeviceId)
        {
            Activate(user, device, administrator, batch);
        }

        return TypedResults.NoContent();
    }

    private void Activate(UserDocument user, DeviceDocument device, Administrator administrator, PartitionBatch batch)
    {
        var entry = user.Key.Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.ActiveDeviceChanged, device.DeviceId) with
        {
            Before = new Dictionary<string, string?> { ["activeDeviceId"] = user.ActiveDeviceId },
            After = new Dictionary<string, string?> { ["activeDeviceId"] = device.DeviceId },
        };
        batch
            .PatchUnchanged(user, PatchOperation.Set("/activeDeviceId", device.DeviceId))
            // Changes nothing: it makes sure that the device is not removed at the same moment.
            .Patch(device.Id, DeviceDocument.IsActive, PatchOperation.Set("/deviceId", device.DeviceId))
            .Create(entry);
    }

    private static IResult Stale() => Problems.Of(
        ProblemCodes.PreconditionFailed,
        "The user changed since you looked. Nothing was changed; look again.");
}
