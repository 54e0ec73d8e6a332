using BlokSec.Contracts;

namespace BlokSec.Portal.Devices;

/// <summary>A phone that was added from the user's backup, and the older one that it may have taken the place of.</summary>
/// <param name="Restored">The new phone.</param>
/// <param name="Old">The phone that is probably out of use.</param>
internal sealed record RestoredDevice(DeviceDetails Restored, DeviceDetails Old)
{
    private static readonly TimeSpan Recent = TimeSpan.FromDays(14);

    /// <summary>A device's last use is known no more exactly than this.</summary>
    private static readonly TimeSpan Exactness = TimeSpan.FromMinutes(5);

    public string Question => $"Did {DeviceNames.Of(Restored.Name, Restored.Model)} replace {DeviceNames.Of(Old.Name, Old.Model)}?";

    /// <summary>
    /// Finds it. In one epoch the first phone enrolls with a claim, and every later one comes from a backup. The old phone is proposed
    /// only when it has certainly not been used since: it stays registered until somebody removes it.
    /// </summary>
    public static RestoredDevice? Find(UserDetails user, DateTimeOffset now)
    {
        var byAge = user.Devices.Where(device => device.Epoch == user.Epoch).OrderBy(device => device.RegisteredAt).ToList();
        if (byAge.Count < 2 || now - byAge[^1].RegisteredAt > Recent)
        {
            return null;
        }

        var restored = byAge[^1];
        var old = byAge[..^1].Where(device => device.LastActiveAt + Exactness < restored.RegisteredAt).MaxBy(device => device.LastActiveAt);
        return old is null ? null : new RestoredDevice(restored, old);
    }
}
