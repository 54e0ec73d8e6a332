using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Claims;

/// <summary>What administrators do with an open claim: one guarded write for each, and nothing to a claim that is over or is not the one they saw.</summary>
internal sealed class OpenClaims(IdentityStore identities, ClaimViews views, CurrentPolicies policies, SecondPerson second, TimeProvider time)
{
    /// <summary>Changes an open claim, and answers it as it is then.</summary>
    /// <param name="key">Whose.</param>
    /// <param name="claimId">The claim that the administrator saw.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="change">Gives the claim as it shall be, the same for no change; and an entry for the auditor. Or why not.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IResult> ChangeAsync(
        UserKey key,
        string claimId,
        Administrator administrator,
        Func<ClaimDocument, TenantPolicies, DateTimeOffset, ClaimChange> change,
        CancellationToken cancellationToken)
    {
        if (await second.RefuseHigherAsync(administrator, key, cancellationToken) is { } higher)
        {
            return higher;
        }

        var policy = await policies.OfAsync(key.TenantId, cancellationToken);
        var result = await identities.UpdateAsync(
            key, stop => identities.ReadAsync<ClaimDocument>(key, ClaimDocument.DocumentId, stop), Decide, cancellationToken);
        return result.Value ?? Problems.TooManyConflicts();

        IResult Decide(ClaimDocument? claim, UpdateAttempt attempt)
        {
            var now = time.GetUtcNow();
            if (claim is null)
            {
                return Problems.NotFound("claim");
            }

            if (Refuse(claim, claimId, now) is { } over)
            {
                return over;
            }

            var changed = change(claim, policy, now);
            if (changed.Refusal is { } refusal)
            {
                return refusal;
            }

            if (changed.Claim != claim)
            {
                attempt.Batch.Replace(changed.Claim);
                if (changed.Entry is { } entry)
                {
                    attempt.Batch.Create(entry);
                }
            }

            return TypedResults.Ok(views.Of(changed.Claim, administrator, policy));
        }
    }

    /// <summary>The claim is not shown, and so neither prolonged nor sent, before it is recorded how the person was recognized.</summary>
    public static IResult IdentityCheckMissing() => Problems.Of(
        ProblemCodes.IdentityCheckRequired, "Your organization demands that it is recorded how the person was recognized before the QR code is shown.");

    private static IResult? Refuse(ClaimDocument claim, string claimId, DateTimeOffset now) => claim.StateAt(now) switch
    {
        _ when claim.ClaimId != claimId => Problems.Of(ProblemCodes.ClaimReplaced, "A newer claim took the place of this one. Nothing was changed."),
        ClaimState.Open => null,
        ClaimState.Expired => Problems.Of(ProblemCodes.ClaimExpired, "The claim has expired. Renew it."),
        ClaimState.Redeemed => Problems.Of(ProblemCodes.ClaimUsed, "A phone enrolled with the claim. Nothing was changed."),
        ClaimState.Locked => Problems.Of(ProblemCodes.ClaimLocked, "Too many wrong codes were tried. Renew the claim."),
        _ => Problems.Of(ProblemCodes.ClaimReplaced, "A newer claim took the place of this one. Nothing was changed."),
    };
}

/// <summary>What becomes of an open claim.</summary>
/// <param name="Claim">The claim as it shall be.</param>
/// <param name="Entry">What the auditor reads of it; null for nothing.</param>
/// <param name="Refusal">Why nothing is done; null when something is.</param>
internal sealed record ClaimChange(ClaimDocument Claim, AuditDocument? Entry = null, IResult? Refusal = null);
