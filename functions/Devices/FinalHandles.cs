using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>
/// A phone may register another push handle between the reading and the commit of the fence. The one that counts is in the device's
/// document, which is frozen from then on; before the document is deleted it moves to the revocation.
/// </summary>
internal static class FinalHandles
{
    /// <summary>Keeps the push handles of these devices. Asks the database only where there is something to keep.</summary>
    public static async Task KeepAsync(IdentityStore identities, IEnumerable<DeviceDocument> devices, CancellationToken cancellationToken)
    {
        foreach (var device in devices.Where(device => device.RevokedHandle is { } known && known != PushHandles.Hash(device.PushHandle)))
        {
            // Once the push is settled, no handle is kept.
            await identities.TryPatchAsync(
                device.Key,
                RevocationDocument.IdOf(device.DeviceId),
                "FROM c WHERE IS_DEFINED(c.nextAttemptAt) AND NOT IS_NULL(c.nextAttemptAt)",
                [PatchOperation.Set("/pushHandle", device.PushHandle)],
                cancellationToken);
        }
    }
}
