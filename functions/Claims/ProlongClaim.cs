using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Claims;

/// <summary>
/// Keeps a claim that is shown on the screen open for as long as somebody looks at it there: whoever shows it repeats this every few minutes. The first
/// call cuts its life to that of the screen. A claim that was sent keeps the time it has.
/// </summary>
internal sealed class ProlongClaim(OpenClaims claims)
{
    /// <summary>
    /// How long a claim is prolonged at most after it was shown first: as long as NIST SP 800-63B-4, section 4.2.1.2, lets a code live that is sent
    /// to an email address.
    /// </summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    /// <inheritdoc cref="ProlongClaim"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="request">The claim that is shown.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ProlongClaim))]
    [Authorize(AdminPolicies.DevicesManage)]
    [RecentSignIn]
    [ProducesResponseType<ClaimDetails>(StatusCodes.Status200OK)]
    [Refuses(
        ProblemCodes.NotFound, ProblemCodes.IdentityCheckRequired, ProblemCodes.ClaimReplaced, ProblemCodes.ClaimUsed, ProblemCodes.ClaimLocked,
        ProblemCodes.ClaimExpired, ProblemCodes.Conflict)]
    public Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "users/{userId}/claim/prolongation")] HttpContext context,
        string userId,
        ClaimChannelRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        return claims.ChangeAsync(new UserKey(administrator.TenantId, userId), request.ClaimId, administrator, Prolong, cancellationToken);

        ClaimChange Prolong(ClaimDocument claim, TenantPolicies policy, DateTimeOffset now)
        {
            if (claim.LacksIdentityCheck(policy))
            {
                return new ClaimChange(claim, Refusal: OpenClaims.IdentityCheckMissing());
            }

            if (claim.Channel == ClaimChannel.Sent)
            {
                return new ClaimChange(claim);
            }

            var shownAt = claim.ShownAt ?? now;
            var (wanted, last) = (now.AddMinutes(policy.Claims.ScreenMinutes), shownAt + Longest);
            var prolonged = claim with { Channel = ClaimChannel.Screen, ShownAt = shownAt, ExpiresAt = wanted < last ? wanted : last };

            // Only the first: what is repeated every few minutes would flood the audit.
            var entry = claim.Channel is null ? claim.Key.Entry(now, administrator.Actor(), AuditActions.ClaimShown, claim.ClaimId) : null;
            return new ClaimChange(prolonged, entry);
        }
    }
}
