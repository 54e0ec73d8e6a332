using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Shows what it would touch to remove all accounts of a user who leaves. Changes nothing.</summary>
internal sealed class PlanDeparture(IdentityStore identities, AccountPages accounts, TimeProvider time)
{
    /// <inheritdoc cref="PlanDeparture"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(PlanDeparture))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<DeparturePlanDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/departure/plan")] HttpContext context,
        string userId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        // First what holds the user: the other waits for it to know whether the user may be seen.
        var reading = identities.QueryFirstAsync(key, AccountChanges.Concerned, [], AccountChanges.MaxConcerned, cancellationToken);
        var counting = accounts.CountByApplicationAsync(key, cancellationToken);
        await Task.WhenAll(reading, counting);
        var snapshot = await reading;
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        return snapshot.User is { } user
            ? TypedResults.Ok(DeparturePlan.Of(snapshot, user, await counting, time.GetUtcNow()))
            : Problems.NotFound("user");
    }
}
