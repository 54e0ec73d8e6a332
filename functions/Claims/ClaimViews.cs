using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>What administrators see of a claim.</summary>
internal sealed class ClaimViews(ClaimCodes codes, IOptions<ClaimsOptions> options, TimeProvider time)
{
    /// <summary>The claim; its link, with which anybody can enroll, only for those who manage devices and signed in recently.</summary>
    public ClaimDetails? Of(ClaimDocument? claim, Administrator administrator) => claim is null ? null : new ClaimDetails(
        claim.ClaimId,
        claim.StateAt(time.GetUtcNow()),
        claim.CreatedAt,
        claim.ExpiresAt,
        claim.FailedAttempts,
        administrator.SeesClaimLinks ? Link(claim) : null,
        claim.RedeemedAt,
        claim.RedeemedByDeviceId,
        claim.LastFailedAttemptAt);

    /// <summary>What the QR code says; null unless the claim can be redeemed.</summary>
    public string? Link(ClaimDocument claim) => claim.StateAt(time.GetUtcNow()) == ClaimState.Open && codes.Derive(claim) is { } code
        ? $"https://{options.Value.AppHost}/claim#{claim.TenantId}.{claim.UserId}.{code}"
        : null;
}
