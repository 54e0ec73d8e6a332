using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>What administrators see of a claim: the only place that a claim's link comes from.</summary>
internal sealed class ClaimViews(
    ClaimCodes codes, CurrentPolicies policies, SecondPerson second, IOptions<ClaimsOptions> options, TimeProvider time)
{
    /// <summary>
    /// The claim. Its link, with which anybody can enroll, only for those who manage devices and signed in recently, and only once it is recorded how
    /// the person was recognized, where the tenant demands it; and never to whoever lacks a role that the user has as an administrator.
    /// </summary>
    public async Task<ClaimDetails?> OfAsync(ClaimDocument? claim, Administrator administrator, CancellationToken cancellationToken)
    {
        if (claim?.StateAt(time.GetUtcNow()) != ClaimState.Open)
        {
            return claim is null ? null : Of(claim);
        }

        var isOutranked = administrator.SeesClaimLinks && await second.RefuseHigherAsync(administrator, claim.Key, cancellationToken) is not null;
        return Of(
            claim, isOutranked ? administrator with { SeesClaimLinks = false } : administrator, await policies.OfAsync(claim.TenantId, cancellationToken));
    }

    /// <inheritdoc cref="OfAsync"/>
    public ClaimDetails Of(ClaimDocument claim, Administrator administrator, TenantPolicies policy)
    {
        var details = Of(claim);
        if (details.State != ClaimState.Open)
        {
            return details;
        }

        var lacksCheck = claim.LacksIdentityCheck(policy);
        return details with
        {
            Link = administrator.SeesClaimLinks && !lacksCheck ? Link(claim) : null,
            IdentityCheckRequired = lacksCheck,
            IdentityCheckWays = lacksCheck ? policy.IdentityCheck.Ways : null,
            SentHours = claim.Channel == ClaimChannel.Sent ? null : policy.Claims.SentHours,
        };
    }

    private ClaimDetails Of(ClaimDocument claim) => new(
        claim.ClaimId,
        claim.StateAt(time.GetUtcNow()),
        claim.CreatedAt,
        claim.ExpiresAt,
        claim.FailedAttempts,
        Link: null,
        claim.RedeemedAt,
        claim.RedeemedByDeviceId,
        claim.LastFailedAttemptAt)
    {
        Channel = claim.Channel,
        IdentityCheck = claim.IdentityCheck is { } check
            ? new IdentityCheckDetails(check.Way.Shown(), check.Note?.Shown(), check.By.Shown(), check.At)
            : null,
    };

    /// <summary>What the QR code says; null when the key that the code is derived with is gone.</summary>
    private string? Link(ClaimDocument claim) => codes.Derive(claim) is { } code
        ? $"https://{options.Value.AppHost}/claim#{claim.TenantId}.{claim.UserId}.{code}"
        : null;
}
