using BlokSec.Contracts;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Enrollment;

/// <summary>Why a claim cannot be redeemed, and what a try leaves behind: a spent attempt, an alert, or nothing.</summary>
internal sealed class ClaimRefusals(ClaimAttempts attempts, EnrollingKeys keys, TimeProvider time)
{
    /// <summary>
    /// The answer to another code than the claim's. Only who knows a part of it can spend the claim's attempts; only who has a retired DID
    /// of this user leaves an alert.
    /// </summary>
    public async Task<IResult> OfCodeAsync(
        ClaimCodeMatch match, PartitionSnapshot snapshot, RedeemClaimRequest request, DeviceProof proof, CancellationToken cancellationToken)
    {
        if (match == ClaimCodeMatch.Beginning)
        {
            await attempts.CountAsync(new UserKey(request.TenantId, request.UserId), snapshot.Claim, cancellationToken);
        }

        if (snapshot.User is { } user && await keys.RefuseRetiredAsync(user, proof, request.Did, cancellationToken) is { } retired)
        {
            return retired;
        }

        if (match == ClaimCodeMatch.Replaced && snapshot.Claim is { } claim && claim.RedeemedTags.Contains(ClaimCodes.Tag(request.Code)))
        {
            await attempts.AlertAsync(claim, proof, cancellationToken);
        }

        return match == ClaimCodeMatch.Replaced ? Replaced() : Invalid();
    }

    /// <summary>Why somebody with the right code is refused all the same; null when the claim can be redeemed.</summary>
    public async Task<IResult?> OfClaimAsync(UserDocument user, ClaimDocument claim, DeviceProof proof, CancellationToken cancellationToken)
    {
        if (claim.State == ClaimState.Redeemed && claim.RedeemedByDeviceId != proof.DeviceId)
        {
            await attempts.AlertAsync(claim, proof, cancellationToken);
        }

        return claim.StateAt(time.GetUtcNow()) switch
        {
            ClaimState.Redeemed => Problems.Of(ProblemCodes.ClaimUsed, "This QR code was used. Ask your administrator for a new one."),
            ClaimState.Locked => Problems.Of(
                ProblemCodes.ClaimLocked, "Too many wrong codes were tried. Ask your administrator to renew the claim."),
            ClaimState.Expired => Problems.Of(
                ProblemCodes.ClaimExpired, "This QR code is too old. Ask your administrator for a new one."),
            ClaimState.Cancelled => Replaced(),
            ClaimState.Open when user.IsBarred => DeviceAnswers.Suspended(),
            ClaimState.Open when claim.Epoch == user.Epoch && user.DidState == DidState.Unclaimed => null,
            _ => Invalid(),
        };
    }

    private static IResult Invalid() => Problems.Of(
        ProblemCodes.ClaimInvalid, "This QR code is not valid. Ask your administrator for a new one.");

    private static IResult Replaced() => Problems.Of(
        ProblemCodes.ClaimReplaced, "This QR code was replaced by a newer one. Scan that, or ask your administrator for it.");
}
