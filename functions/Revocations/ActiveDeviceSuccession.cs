using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Revocations;

/// <summary>Which device becomes the active one when another is removed.</summary>
internal static class ActiveDeviceSuccession
{
    /// <summary>The device that takes over when the active one is removed: the most recently active other one that push reaches.</summary>
    public static string? Successor(UserDocument user, IEnumerable<DeviceDocument> devices, DeviceDocument removed) =>
        user.ActiveDeviceId != removed.DeviceId
            ? user.ActiveDeviceId
            : devices
                .Where(device => CanSucceed(device, removed))
                .OrderByDescending(device => device.LastActiveAt)
                .FirstOrDefault()?.DeviceId;

    /// <summary>Whether the device could take over from the removed one.</summary>
    public static bool CanSucceed(DeviceDocument device, DeviceDocument removed) =>
        device is { State: DeviceState.Active, PushHandle: not null, PushStatus: PushStatus.Receiving } && device.DeviceId != removed.DeviceId;
}
