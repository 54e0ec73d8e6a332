using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Push;

namespace BlokSec.Functions.Identities;

/// <summary>Hashes of push handles: enough to see that two are the same, useless to send with.</summary>
internal static class PushHandles
{
    public static string Hash(PushHandle handle) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{handle.Kind}:{handle.Value}")));

    /// <summary>Whether a living registration of the user uses this handle.</summary>
    public static bool IsLive(this UserDocument user, PushHandle handle) => user.LivePushHandles.Values.Contains(Hash(handle));

    public static IReadOnlyDictionary<string, string> With(
        this IReadOnlyDictionary<string, string> live, string deviceId, PushHandle? handle)
    {
        var changed = new Dictionary<string, string>(live);
        if (handle is null)
        {
            changed.Remove(deviceId);
        }
        else
        {
            changed[deviceId] = Hash(handle);
        }

        return changed;
    }
}
