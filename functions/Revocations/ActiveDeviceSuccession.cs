using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Revocations;

/// <summary>Which device becomes the active one when another is removed.</summary>
internal static class ActiveDeviceSuccession
{
    /// <summary>
    /// The device that takes over when the active one is removed: the most recently active other one that push reaches, else one of which
    /// that is not known.
    /// </summary>
    public static string? Successor(UserDocument user, IEnumerable<DeviceDocument> devices, DeviceDocument removed, DateTimeOffset now) =>
        user.ActiveDeviceId != removed.DeviceId
            ? user.ActiveDeviceId
            : devices
                .Where(device => CanSucceed(device, removed, now))
                .OrderByDescending(device => device.PushStatusAt(now) == PushStatus.Receiving)
                .ThenByDescending(device => device.LastActiveAt)
                .FirstOrDefault()?.DeviceId;

    /// <summary>Whether the device could take over from the removed one.</summary>
    public static bool CanSucceed(DeviceDocument device, DeviceDocument removed, DateTimeOffset now) =>
        device.CanBePushedAt(now) && device.DeviceId != removed.DeviceId;
}
