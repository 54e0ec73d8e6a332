using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Devices;

/// <summary>The user's devices by name, also those that were removed.</summary>
internal static class DeviceNames
{
    /// <summary>Such as <c>Work phone (iPhone 16 Pro)</c>, inside a sentence.</summary>
    public static string Of(string name, string model) =>
        IsSaid(name, model) ? Outside.Isolate(name) : $"{Outside.Isolate(name)} ({Outside.Isolate(model)})";

    /// <summary>The same for attributes, which have no markup.</summary>
    public static string Plain(string name, string model) => Outside.Plain(IsSaid(name, model) ? name : $"{name} ({model})");

    /// <summary>The device's name; where the user is not known, the beginning of its id.</summary>
    public static string Of(UserDetails? user, string deviceId) =>
        user?.Devices.FirstOrDefault(device => device.DeviceId == deviceId) is { } active ? Of(active.Name, active.Model)
        : user?.Revocations.FirstOrDefault(revocation => revocation.DeviceId == deviceId) is { } removed ? Of(removed.Name, removed.Model)
        : $"device {Outside.Isolate(deviceId[..Math.Min(8, deviceId.Length)])}…";

    /// <summary>The model inside a sentence, such as <c>iPhone 16 Pro</c>; null when the device is not known.</summary>
    public static string? ModelOf(UserDetails user, string? deviceId) =>
        (user.Devices.FirstOrDefault(device => device.DeviceId == deviceId)?.Model
            ?? user.Revocations.FirstOrDefault(revocation => revocation.DeviceId == deviceId)?.Model) is { } model ? Outside.Isolate(model) : null;

    private static bool IsSaid(string name, string model) => model.Length == 0 || name.Contains(model, StringComparison.OrdinalIgnoreCase);
}
