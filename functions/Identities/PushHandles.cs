using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Functions.Push;

namespace BlokSec.Functions.Identities;

/// <summary>Hashes of push handles: enough to see that two are the same, useless to send with.</summary>
internal static class PushHandles
{
    public static string? Hash(PushHandle? handle) => handle is null
        ? null
        : Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"{handle.Kind}:{handle.Environment}:{handle.Value}")));
}
