using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>Ends, in portions, the sign-ins that wait for removed devices and had no room in the fence.</summary>
internal sealed class WaitingSignIns(IdentityStore identities, TimeProvider time)
{
    public async Task EndAsync(OperationDocument operation, CancellationToken cancellationToken)
    {
        var devices = operation.DeviceIds.Select((id, index) => ($"@device{index}", (object)id)).ToArray();
        if (devices.Length == 0)
        {
            return;
        }

        var query =
            $"""
            SELECT VALUE c.id FROM c WHERE c.type = 'authenticationRequest' AND c.status = 'pending'
            AND c.deviceId IN ({string.Join(", ", devices.Select(device => device.Item1))})
            """;
        for (var more = true; more;)
        {
            (var waiting, more) = await identities.FirstPageAsync<string>(
                operation.Key, query, devices, PartitionBatch.MaxOperations, cancellationToken);
            if (waiting.Count > 0)
            {
                // A conflict means that one ended or was forgotten meanwhile: those that still wait are looked up again.
                more |= await EndAsync(operation.Key, waiting, cancellationToken) == BatchResult.Conflict;
            }
        }
    }

    private Task<BatchResult> EndAsync(UserKey key, IReadOnlyList<string> waiting, CancellationToken cancellationToken)
    {
        var batch = identities.Begin(key);
        foreach (var id in waiting)
        {
            batch.Patch(
                id,
                "FROM c WHERE c.status = 'pending'",
                PatchOperation.Set("/status", AuthenticationRequestStatus.Superseded),
                PatchOperation.Set("/respondedAt", time.GetUtcNow()));
        }

        return batch.CommitAsync(cancellationToken);
    }
}
