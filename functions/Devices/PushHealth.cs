using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Push;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Devices;

/// <summary>What a push to a registered device tells about it: whether push notifications reach it.</summary>
internal static class PushHealth
{
    /// <summary>How exact "last confirmed" is, so that frequent pushes do not write each time.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromMinutes(5);

    /// <summary>Writes down what a push told, if it told anything and the device still has the handle that the push went to.</summary>
    /// <param name="batch">The transaction.</param>
    /// <param name="device">The device as it is now; null when it is gone.</param>
    /// <param name="handle">The handle that the push went to.</param>
    /// <param name="result">What the provider answered.</param>
    /// <param name="actor">The function that sent it.</param>
    /// <param name="now">The time.</param>
    public static void Record(
        PartitionBatch batch, DeviceDocument? device, PushHandle handle, PushResult result, AuditActor actor, DateTimeOffset now)
    {
        if (device is not { State: DeviceState.Active } || !handle.Equals(device.PushHandle) || After(device, result, now) is not { } after)
        {
            return;
        }

        // Guarded by its version: the phone may have registered another handle, of which the answer says nothing.
        batch.Patch(
            device,
            PatchOperation.Set("/pushStatus", after.PushStatus),
            PatchOperation.Set("/pushReason", after.PushReason),
            PatchOperation.Set("/pushCheckedAt", after.PushCheckedAt));
        if (after.PushStatus != device.PushStatus)
        {
            batch.Create(device.Key.Entry(now, actor, AuditActions.PushStatusChanged, device.DeviceId) with
            {
                Reason = after.PushReason,
                Before = new Dictionary<string, string?> { ["pushStatus"] = device.PushStatus.ToString() },
                After = new Dictionary<string, string?> { ["pushStatus"] = after.PushStatus.ToString() },
            });
        }
    }

    /// <summary>The device after an attempt; null when nothing new was learned. Only what is said of the handle counts, never trouble on the way. Pure.</summary>
    public static DeviceDocument? After(DeviceDocument device, PushResult result, DateTimeOffset now) => result switch
    {
        PushResult.Accepted when device is { PushStatus: PushStatus.Receiving, PushReason: null } && now - device.PushSeenAt < Grain => null,
        PushResult.Accepted => device with { PushStatus = PushStatus.Receiving, PushReason = null, PushCheckedAt = now },
        PushResult.HandleDead dead => device with { PushStatus = PushStatus.NotReceiving, PushReason = dead.Explanation, PushCheckedAt = now },
        _ => null,
    };
}
