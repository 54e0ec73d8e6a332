using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>Shows what removing a device would touch. Changes nothing.</summary>
internal sealed class PlanDeviceRemoval(IdentityStore identities, CurrentPolicies policies, TimeProvider time)
{
    /// <inheritdoc cref="PlanDeviceRemoval"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="deviceId">The device.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PlanDeviceRemoval))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<RevocationPlanDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/devices/{deviceId}/removal/plan")] HttpContext context,
        string userId,
        string deviceId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryFirstAsync(
            new UserKey(administrator.TenantId, userId), RevocationFence.Concerned, [], RevocationFence.MaxConcerned, cancellationToken);
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        if (snapshot.User is null)
        {
            return Problems.NotFound("user");
        }

        return snapshot.Device(deviceId) is { State: DeviceState.Active } device
            ? TypedResults.Ok(RevocationPlan.OfDevice(snapshot, device, time.GetUtcNow()) with
            {
                HoldMinutes = (await policies.OfAsync(administrator.TenantId, cancellationToken)).HoldMinutes,
            })
            : Problems.NotFound("device");
    }
}
