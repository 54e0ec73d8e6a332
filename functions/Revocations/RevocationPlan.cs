using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Revocations;

/// <summary>What the administrator saw and agreed to, as a hash: when it changes, the decision is asked for again.</summary>
internal static class RevocationPlan
{
    /// <summary>Hashes what a removal touches: the user's identity, the devices, and who is active before and after.</summary>
    public static string Hash(UserDocument user, IEnumerable<DeviceDocument> devices, IReadOnlyCollection<DeviceDocument> removed)
    {
        var living = devices.Where(device => device.State == DeviceState.Active).Select(device => device.DeviceId).Order(StringComparer.Ordinal);
        var gone = removed.Select(device => device.DeviceId).Order(StringComparer.Ordinal);
        var text = $"{user.Epoch}|{user.DidState}|{user.ActiveDeviceId}|{string.Join(',', living)}|{string.Join(',', gone)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public static bool Matches(
        string hash, UserDocument user, IEnumerable<DeviceDocument> devices, IReadOnlyCollection<DeviceDocument> removed) =>
        hash == Hash(user, devices, removed);
}
