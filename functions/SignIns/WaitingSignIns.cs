using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.SignIns;

/// <summary>Sign-ins that wait for devices which are removed: they end as Superseded.</summary>
internal sealed class WaitingSignIns(IdentityStore identities, TimeProvider time)
{
    /// <summary>Portions that one call ends, so that no message outlives its lock.</summary>
    private const int MaxPortions = 10;

    /// <summary>The sign-ins among those that were read that wait for these devices at this moment, the newest first.</summary>
    public static IEnumerable<AuthenticationRequestDocument> Of(PartitionSnapshot snapshot, IEnumerable<DeviceDocument> devices, DateTimeOffset now)
    {
        var ids = devices.Select(device => device.DeviceId).ToHashSet();
        return snapshot.AuthenticationRequests
            .Where(request => request.WaitsAt(now))
            .Where(request => request.DeviceId is not null && ids.Contains(request.DeviceId))
            .OrderByDescending(request => request.IssuedAt);
    }

    /// <summary>Ends one, if it still waits. A patch, because the phone writes down that it fetched the request.</summary>
    public static void End(PartitionBatch batch, string documentId, DateTimeOffset at) => batch.Patch(
        documentId,
        AuthenticationRequestDocument.IsPending,
        PatchOperation.Set("/status", AuthenticationRequestStatus.Superseded),
        PatchOperation.Set("/respondedAt", at));

    /// <summary>Ends, in portions, those that had no room in the transaction that removed their devices.</summary>
    /// <returns>False when more are left than one call ends.</returns>
    public async Task<bool> EndAsync(OperationDocument operation, CancellationToken cancellationToken)
    {
        var devices = operation.DeviceIds.Select((id, index) => ($"@device{index}", (object)id)).ToArray();
        if (devices.Length == 0)
        {
            return true;
        }

        var query =
            $"""
            SELECT VALUE c.id FROM c WHERE c.type = 'authenticationRequest' AND c.status = 'pending'
            AND c.deviceId IN ({string.Join(", ", devices.Select(device => device.Item1))})
            """;
        var more = true;
        for (var portion = 0; more && portion < MaxPortions; portion++)
        {
            (var waiting, more) = await identities.FirstPageAsync<string>(
                operation.Key, query, devices, PartitionBatch.MaxOperations, cancellationToken);
            if (waiting.Count > 0)
            {
                // A conflict means that one ended or was deleted meanwhile: those that still wait are looked up again.
                more |= await EndAsync(operation.Key, waiting, cancellationToken) == BatchResult.Conflict;
            }
        }

        return !more;
    }

    private Task<BatchResult> EndAsync(UserKey key, IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        var batch = identities.Begin(key);
        foreach (var id in waiting)
        {
            End(batch, id, time.GetUtcNow());
        }

        return batch.CommitAsync(cancellationToken);
    }
}
