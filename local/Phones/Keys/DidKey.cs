using System.Buffers.Text;
using SimpleBase;

namespace BlokSec.Local.Phones.Keys;

/// <summary>
/// DIDs of method <c>did:key</c> (W3C CCG "The did:key Method"): <c>did:key:z</c> and, in base58btc, the multicodec of the key's
/// kind followed by the public key.
/// </summary>
internal static class DidKey
{
    private const string Prefix = "did:key:z";

    // Multicodec table, as unsigned varints: p256-pub 0x1200, ed25519-pub 0xed
    private static readonly byte[] P256Codec = [0x80, 0x24];
    private static readonly byte[] Ed25519Codec = [0xed, 0x01];

    /// <summary>The DID of a public key.</summary>
    public static string Encode(PublicJwk key)
    {
        var x = Base64Url.DecodeFromChars(key.X);
        byte[] bytes = key.Y is null
            ? [.. Ed25519Codec, .. x]
            : [.. P256Codec, CompressedSign(Base64Url.DecodeFromChars(key.Y)), .. x];
        return Prefix + Base58.Bitcoin.Encode(bytes);
    }

    /// <summary>First byte of a compressed point (SEC 1 section 2.3.3): 2 for an even y, 3 for an odd one.</summary>
    private static byte CompressedSign(byte[] y) => (byte)(2 + (y[^1] & 1));
}
