using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Claims;

/// <summary>Records how the person was recognized, which shows the claim where the tenant demands it. The first record of a claim stays.</summary>
internal sealed class CheckIdentity(OpenClaims claims)
{
    /// <inheritdoc cref="CheckIdentity"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">How the person was recognized, and for which claim.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CheckIdentity))]
    [Authorize(AdminPolicies.DevicesManage)]
    [RecentSignIn]
    [ProducesResponseType<ClaimDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.NotFound, ProblemCodes.ClaimReplaced, ProblemCodes.ClaimUsed, ProblemCodes.ClaimLocked, ProblemCodes.ClaimExpired, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/claim/identity-check")] HttpContext context,
        string userId,
        IdentityCheckRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        return claims.ChangeAsync(new UserKey(administrator.TenantId, userId), request.ClaimId, administrator, Record, cancellationToken);

        ClaimChange Record(ClaimDocument claim, TenantPolicies policy, DateTimeOffset now)
        {
            if (claim.IdentityCheck is not null)
            {
                return new ClaimChange(claim);
            }

            if (!policy.IdentityCheck.Ways.Contains(request.Way, StringComparer.Ordinal))
            {
                return new ClaimChange(claim, Refusal: Problems.InvalidRequest("way", "is none of the ways that your organization lists"));
            }

            var entry = claim.Key.Entry(now, administrator.Actor(), AuditActions.ClaimIdentityChecked, claim.ClaimId) with
            {
                After = new Dictionary<string, string?> { ["way"] = request.Way, ["note"] = request.Note },
            };
            return new ClaimChange(claim with { IdentityCheck = new IdentityCheck(now, administrator.Name, request.Way, request.Note) }, entry);
        }
    }
}
