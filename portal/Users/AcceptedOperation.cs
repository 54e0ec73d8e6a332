using BlokSec.Contracts;

namespace BlokSec.Portal.Users;

/// <summary>
/// The user as an accepted removal leaves it, until a reading shows it: what the API answered is true at once, also when nothing can be read
/// now, and a removed phone is never shown as registered.
/// </summary>
internal static class AcceptedOperation
{
    /// <summary>Whether a reading shows the operation.</summary>
    public static bool IsIn(UserDetails user, OperationDetails operation) =>
        user.Operations.Any(shown => shown.OperationId == operation.OperationId)
        || (operation.Status == OperationStatus.Succeeded && !user.Devices.Any(device => operation.DeviceIds.Contains(device.DeviceId)));

    public static UserDetails Apply(UserDetails user, OperationDetails operation)
    {
        var left = user.Devices.Where(device => !operation.DeviceIds.Contains(device.DeviceId)).ToList();
        var shown = user with
        {
            Devices = left,
            ActiveDeviceId = left.Any(device => device.DeviceId == user.ActiveDeviceId) ? user.ActiveDeviceId : null,
            Operations = [operation, .. user.Operations],
            Revocations = [.. user.Devices.Except(left).Select(device => Revocation(device, operation)), .. user.Revocations],
        };
        return operation.Kind != OperationKind.UnregisterAllDevices ? shown
            : shown with { Did = null, DidState = DidState.Resetting, Epoch = user.Epoch + 1, Claim = null };
    }

    /// <summary>A device that the answer says is blocked; of its push nothing is known yet.</summary>
    private static RevocationDetails Revocation(DeviceDetails device, OperationDetails operation) => new(
        device.DeviceId,
        device.Name,
        device.Model,
        device.Platform,
        device.Epoch,
        operation.OperationId,
        RevocationState.Blocked,
        operation.RequestedAt,
        RevokePushState.Queued,
        PushReason: null,
        PushAttempts: 0,
        NextAttemptAt: null,
        operation.RequestedAt,
        [new RevocationEvent("Blocked", operation.RequestedAt, null)])
    {
        HeldUntil = operation.HeldUntil,
    };
}
