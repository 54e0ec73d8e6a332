using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Devices;

/// <summary>Chooses the device that sign-in requests are pushed to.</summary>
internal sealed class SetActiveDevice(IdentityStore identities, TimeProvider time)
{
    /// <param name="context">The request; <c>If-Match</c> names the version of the user that the administrator saw.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The device.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status412PreconditionFailed, "application/problem+json")]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status428PreconditionRequired, "application/problem+json")]
    public async Task<IResult> HandleAsync(
        HttpContext context, string userId, SetActiveDeviceRequest request, Administrator administrator, CancellationToken cancellationToken)
    {
        var ifMatch = context.Request.Headers[HeaderNames.IfMatch].ToString();
        if (ifMatch.Length == 0)
        {
            return Problems.Of(
                StatusCodes.Status428PreconditionRequired,
                ProblemCodes.PreconditionRequired,
                "Send If-Match with the ETag of the user you saw, or * for any.");
        }

        var key = new UserKey(administrator.TenantId, userId);
        var snapshot = await identities.QueryAsync(
            key, [UserDocument.DocumentId, DeviceDocument.IdOf(request.DeviceId)], cancellationToken);
        if (snapshot.User is not { } user)
        {
            return Problems.NotFound("user");
        }

        if (ifMatch != "*" && ifMatch != user.ETag)
        {
            return Stale();
        }

        if (snapshot.Device(request.DeviceId) is not { State: DeviceState.Active } device)
        {
            return Problems.NotFound("device");
        }

        if (device.PushHandle is null)
        {
            return Problems.Conflict(
                ProblemCodes.NoPushHandle, "Push notifications cannot reach this device: its app registered no push handle.");
        }

        if (user.ActiveDeviceId == device.DeviceId)
        {
            return TypedResults.NoContent();
        }

        var entry = key.Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.ActiveDeviceChanged, device.DeviceId) with
        {
            Before = new Dictionary<string, string?> { ["activeDeviceId"] = user.ActiveDeviceId },
            After = new Dictionary<string, string?> { ["activeDeviceId"] = device.DeviceId },
        };
        var result = await identities.Begin(key)
            .Replace(user with { ActiveDeviceId = device.DeviceId })
            .Create(entry)
            .CommitAsync(cancellationToken);
        return result == BatchResult.Committed ? TypedResults.NoContent() : Stale();
    }

    private static IResult Stale() => Problems.Of(
        StatusCodes.Status412PreconditionFailed,
        ProblemCodes.PreconditionFailed,
        "The user changed since you looked. Nothing was changed; look again.");
}
