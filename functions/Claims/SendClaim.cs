using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Claims;

/// <summary>
/// Gives a claim the longer life of one that is printed or sent, from now on and once: repeated, it changes nothing. The server sends nothing itself.
/// </summary>
internal sealed class SendClaim(OpenClaims claims)
{
    /// <inheritdoc cref="SendClaim"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The claim that is sent.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SendClaim))]
    [Authorize(AdminPolicies.DevicesManage)]
    [RecentSignIn]
    [ProducesResponseType<ClaimDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.NotFound, ProblemCodes.IdentityCheckRequired, ProblemCodes.ClaimReplaced, ProblemCodes.ClaimUsed, ProblemCodes.ClaimLocked,
        ProblemCodes.ClaimExpired, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/claim/sending")] HttpContext context,
        string userId,
        ClaimChannelRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        return claims.ChangeAsync(new UserKey(administrator.TenantId, userId), request.ClaimId, administrator, Send, cancellationToken);

        ClaimChange Send(ClaimDocument claim, TenantPolicies policy, DateTimeOffset now)
        {
            if (claim.LacksIdentityCheck(policy))
            {
                return new ClaimChange(claim, Refusal: OpenClaims.IdentityCheckMissing());
            }

            if (claim.Channel == ClaimChannel.Sent)
            {
                return new ClaimChange(claim);
            }

            var sent = claim with { Channel = ClaimChannel.Sent, ExpiresAt = now.AddHours(policy.Claims.SentHours) };
            return new ClaimChange(sent, claim.Key.Entry(now, administrator.Actor(), AuditActions.ClaimSent, claim.ClaimId));
        }
    }
}
