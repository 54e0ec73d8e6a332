using BlokSec.Functions.SignIns;

namespace BlokSec.Functions.Devices;

/// <summary>Phones: what administrators do to them, and what they ask and tell themselves.</summary>
internal static class DevicesFeature
{
    public static void AddDevices(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<WaitingSignIns>();
        builder.Services.AddSingleton<LostSignIns>();
        builder.Services.AddSingleton<RemovedDevices>();
        builder.Services.AddSingleton<PhoneRemovals>();
        builder.Services.AddSingleton<DevicePages>();
    }
}
