using BlokSec.Contracts;

namespace BlokSec.Portal.Devices;

/// <summary>The user's devices by name, also those that were removed.</summary>
internal static class DeviceNames
{
    /// <summary>Such as <c>Work phone (iPhone 16 Pro)</c>.</summary>
    public static string Of(string name, string model) =>
        name.Contains(model, StringComparison.OrdinalIgnoreCase) || model.Length == 0 ? name : $"{name} ({model})";

    public static string Of(UserDetails user, string deviceId) =>
        user.Devices.FirstOrDefault(device => device.DeviceId == deviceId) is { } living ? Of(living.Name, living.Model)
        : user.Revocations.FirstOrDefault(revocation => revocation.DeviceId == deviceId) is { } removed ? Of(removed.Name, removed.Model)
        : $"device {deviceId[..Math.Min(8, deviceId.Length)]}…";

    /// <summary>The model, such as <c>iPhone 16 Pro</c>; null when the device is not known.</summary>
    public static string? ModelOf(UserDetails user, string? deviceId) =>
        user.Devices.FirstOrDefault(device => device.DeviceId == deviceId)?.Model
        ?? user.Revocations.FirstOrDefault(revocation => revocation.DeviceId == deviceId)?.Model;
}
