using BlokSec.Contracts;
using BlokSec.Functions.Accounts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Revocations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Unregistration;

/// <summary>Shows what unregistering all devices would touch. Changes nothing.</summary>
internal sealed class PlanUnregistration(IdentityStore identities, AccountPages accounts, TimeProvider time)
{
    /// <inheritdoc cref="PlanUnregistration"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PlanUnregistration))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<RevocationPlanDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.AlreadyUnregistered)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/unregistration/plan")] HttpContext context,
        string userId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        // First what holds the user: the other waits for it to know whether the user may be seen.
        var reading = identities.QueryFirstAsync(key, RevocationFence.Concerned, [], RevocationFence.MaxConcerned, cancellationToken);
        var counting = accounts.CountByApplicationAsync(key, cancellationToken);
        await Task.WhenAll(reading, counting);
        var snapshot = await reading;
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        if (snapshot.User is not { } user)
        {
            return Problems.NotFound("user");
        }

        if (!user.CanBeUnregistered)
        {
            return IdentityReset.AlreadyUnregistered();
        }

        return TypedResults.Ok(RevocationPlan.OfAll(snapshot, await counting, time.GetUtcNow()));
    }
}
