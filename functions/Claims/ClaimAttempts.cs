using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Claims;

/// <summary>Limits the tries of somebody who knows a part of a claim's code.</summary>
internal sealed class ClaimAttempts(IdentityStore identities, IOptions<ClaimsOptions> options, TimeProvider time)
{
    /// <summary>Counts a code that has the right beginning only against an open claim, and locks it when there were too many, however many were tried at once.</summary>
    public async Task CountAsync(UserKey key, ClaimDocument? guessed, CancellationToken cancellationToken)
    {
        var max = options.Value.MaxFailedAttempts;
        var now = time.GetUtcNow();
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
                    [PatchOperation.Increment("/failedAttempts", 1), PatchOperation.Set("/lastFailedAttemptAt", now)],
                    cancellationToken)
                : await LockAsync(key, claim with { State = ClaimState.Locked, FailedAttempts = max, LastFailedAttemptAt = now }, cancellationToken);
            if (isCounted)
            {
                Measures.SecurityEvent(claim.FailedAttempts + 1 < max ? "claim-code-wrong" : "claim-locked");
                return;
            }

            claim = await identities.ReadAsync<ClaimDocument>(key, ClaimDocument.DocumentId, cancellationToken);
        }
    }

    /// <summary>Leaves an alert when another phone than the one that enrolled shows the code: it is in two hands.</summary>
    public async Task AlertAsync(ClaimDocument redeemed, DeviceProof proof, CancellationToken cancellationToken)
    {
        var alert = redeemed.Key.Entry(time.GetUtcNow(), AuditActor.Phone(proof.DeviceId), AuditActions.ClaimUsedAgain, redeemed.ClaimId);
        if (await identities.TryRaiseAsync(alert, DeviceRegistrations.Used(proof), cancellationToken))
        {
            Measures.SecurityEvent("claim-used-again");
        }
    }

    private async Task<bool> LockAsync(UserKey key, ClaimDocument locked, CancellationToken cancellationToken)
    {
        var entry = key.Entry(locked.LastFailedAttemptAt!.Value, AuditActor.System(nameof(RedeemClaim)), AuditActions.ClaimLocked, locked.ClaimId) with
        {
            Alert = true,
        };
        return await identities.Begin(key).Replace(locked).Create(entry).CommitAsync(cancellationToken) == BatchResult.Committed;
    }
}
