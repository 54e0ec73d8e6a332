using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Claims;

/// <summary>Shows the claim: state, expiry, and the link for those who manage devices.</summary>
internal sealed class GetClaim(IdentityStore identities, ClaimViews views)
{
    /// <inheritdoc cref="GetClaim"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetClaim))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<ClaimDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/claim")] HttpContext context,
        string userId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var claim = await identities.ReadAsync<ClaimDocument>(
            new UserKey(administrator.TenantId, userId), ClaimDocument.DocumentId, cancellationToken);
        return await views.OfAsync(claim, administrator, cancellationToken) is { } details ? TypedResults.Ok(details) : Problems.NotFound("claim");
    }
}
