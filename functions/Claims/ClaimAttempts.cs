using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>Limits the guessing of a claim's code.</summary>
internal sealed class ClaimAttempts(IdentityStore identities, IOptions<ClaimsOptions> options, TimeProvider time)
{
    /// <summary>Counts a wrong code against an open claim, and locks it when there were too many, however many were tried at once.</summary>
    public async Task CountAsync(UserKey key, ClaimDocument? guessed, CancellationToken cancellationToken)
    {
        var max = options.Value.MaxFailedAttempts;
        var claim = guessed;
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            if (claim?.State != ClaimState.Open || claim.ClaimId != guessed!.ClaimId)
            {
                return;
            }

            var isCounted = claim.FailedAttempts + 1 < max
                ? await identities.TryPatchAsync(
                    key,
                    claim.Id,
                    $"FROM c WHERE c.state = 'open' AND c.claimId = '{claim.ClaimId}' AND c.failedAttempts < {max - 1}",
                    [PatchOperation.Increment("/failedAttempts", 1)],
                    cancellationToken)
                : await LockAsync(key, claim with { State = ClaimState.Locked, FailedAttempts = max }, cancellationToken);
            if (isCounted)
            {
                Measures.SecurityEvent(claim.FailedAttempts + 1 < max ? "claim-code-wrong" : "claim-locked");
                return;
            }

            claim = await identities.ReadAsync<ClaimDocument>(key, ClaimDocument.DocumentId, cancellationToken);
        }
    }

    private async Task<bool> LockAsync(UserKey key, ClaimDocument locked, CancellationToken cancellationToken)
    {
        var entry = key.Entry(time.GetUtcNow(), AuditActor.System(nameof(RedeemClaim)), AuditActions.ClaimLocked, locked.ClaimId) with
        {
            Alert = true,
        };
        return await identities.Begin(key).Replace(locked).Create(entry).CommitAsync(cancellationToken) == BatchResult.Committed;
    }
}
