using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.SignIns;

/// <summary>Sign-ins that a device accepted at a time from which on it may have been in other hands: they are marked for review.</summary>
internal sealed class LostSignIns(IdentityStore identities)
{
    /// <summary>Portions that one call marks, so that no message outlives its lock.</summary>
    private const int MaxPortions = 10;

    /// <summary>What this device let in and what is not marked yet. The set is closed: since the fence the device accepts nothing.</summary>
    private const string Unmarked =
        $"""
        SELECT VALUE c.id FROM c WHERE c.type = 'authenticationRequest' AND c.status IN ('accepted', 'passcode', 'blokBadge')
        AND {SignInFilter.AnsweredByDevice}
        AND (c.respondedAt >= @since OR (NOT IS_STRING(c.respondedAt) AND c.issuedAt >= @since))
        AND NOT (IS_BOOL(c.forReview) AND c.forReview)
        """;

    /// <summary>Marks them, in portions. Marking again changes nothing.</summary>
    /// <param name="operation">The operation that removes the device.</param>
    /// <param name="since">From when on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when more are left than one call marks.</returns>
    public async Task<bool> MarkAsync(OperationDocument operation, DateTimeOffset since, CancellationToken cancellationToken)
    {
        foreach (var device in operation.DeviceIds)
        {
            var more = true;
            for (var portion = 0; more; portion++)
            {
                if (portion == MaxPortions)
                {
                    return false;
                }

                (var ids, more) = await identities.FirstPageAsync<string>(
                    operation.Key, Unmarked, [("@device", device), ("@since", since)], PartitionBatch.MaxOperations, cancellationToken);
                if (ids.Count > 0)
                {
                    // A conflict means that one was deleted meanwhile: the others are looked up again.
                    more |= await MarkAsync(operation.Key, ids, cancellationToken) == BatchResult.Conflict;
                }
            }
        }

        return true;
    }

    private Task<BatchResult> MarkAsync(UserKey key, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var batch = identities.Begin(key);
        foreach (var id in ids)
        {
            batch.Patch(id, "FROM c WHERE c.status != 'pending'", PatchOperation.Set("/forReview", true));
        }

        return batch.CommitAsync(cancellationToken);
    }
}
