using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Devices;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Enrollment;

/// <summary>Limits the tries of somebody who knows a part of a claim's code.</summary>
internal sealed class ClaimAttempts(IdentityStore identities, IOptions<ClaimsOptions> options, TimeProvider time)
{
    /// <summary>Counts a code that has the right beginning only against an open claim, and locks it when there were too many, however many were tried at once.</summary>
    public async Task CountAsync(UserKey key, ClaimDocument? guessed, CancellationToken cancellationToken)
    {
        if (guessed is null)
        {
            return;
        }

        var now = time.GetUtcNow();
        var result = await identities.UpdateAsync<ClaimDocument?, bool>(
            key,
            stop => identities.ReadAsync<ClaimDocument>(key, ClaimDocument.DocumentId, stop),
            (claim, attempt) =>
            {
                if (claim?.State != ClaimState.Open || claim.ClaimId != guessed.ClaimId)
                {
                    return false;
                }

                var isLast = claim.FailedAttempts + 1 >= options.Value.MaxFailedAttempts;
                if (isLast)
                {
                    Lock(claim, now, attempt.Batch);
                }
                else
                {
                    Count(claim, now, attempt.Batch);
                }

                return isLast;
            },
            known: guessed,
            cancellationToken);
        if (result.IsWritten)
        {
            Measures.SecurityEvent(result.Value ? "claim-locked" : "claim-code-wrong");
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

    private void Count(ClaimDocument claim, DateTimeOffset now, PartitionBatch batch) => batch.Patch(
        claim.Id,
        $"FROM c WHERE c.state = 'open' AND c.claimId = '{claim.ClaimId}' AND c.failedAttempts < {options.Value.MaxFailedAttempts - 1}",
        PatchOperation.Increment("/failedAttempts", 1),
        PatchOperation.Set("/lastFailedAttemptAt", now));

    private void Lock(ClaimDocument claim, DateTimeOffset now, PartitionBatch batch)
    {
        var entry = claim.Key.Entry(now, AuditActor.System(nameof(RedeemClaim)), AuditActions.ClaimLocked, claim.ClaimId);
        batch
            .Replace(claim with
            {
                State = ClaimState.Locked,
                FailedAttempts = options.Value.MaxFailedAttempts,
                LastFailedAttemptAt = now,
            })
            .Create(entry with { Alert = true });
    }
}
