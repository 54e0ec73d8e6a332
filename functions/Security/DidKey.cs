using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using SimpleBase;

namespace BlokSec.Functions.Security;

/// <summary>
/// The DID method <c>did:key</c> (W3C CCG did:key method v0.9): the multicodec name of the key's type and the key itself, in base58btc.
/// The DID is the key, so nothing has to be looked up. Only keys that can sign are accepted, in their one canonical spelling: retired
/// DIDs are remembered as text, and a second spelling would come back to life.
/// </summary>
internal static class DidKey
{
    /// <summary>Longer than any DID accepted here (57 characters).</summary>
    private const int MaximumLength = 64;

    private const string Prefix = "did:key:z";

    /// <summary>Base58btc. SimpleBase looks characters up without a bound, so none of another alphabet may reach it.</summary>
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    // The varints of 0x1200 (p256-pub) and 0xed (ed25519-pub) in the multicodec table.
    private static ReadOnlySpan<byte> P256Codec => [0x80, 0x24];

    private static ReadOnlySpan<byte> Ed25519Codec => [0xED, 0x01];

    /// <summary>Reads a DID; false unless it is a P-256 or Ed25519 did:key in canonical form, without path, query or fragment.</summary>
    public static bool TryParse([NotNullWhen(true)] string? did, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        if (did is null
            || did.Length > MaximumLength
            || !did.StartsWith(Prefix, StringComparison.Ordinal)
            || did.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet))
        {
            return false;
        }

        Span<byte> buffer = stackalloc byte[MaximumLength];
        if (!Base58.Bitcoin.TryDecode(did.AsSpan(Prefix.Length), buffer, out var length))
        {
            return false;
        }

        key = Read(buffer[..length]);
        if (key is null || Format(key) != did)
        {
            key = null;
            return false;
        }

        return true;
    }

    /// <summary>The DID of a key.</summary>
    public static string Format(PublicKey key) => Prefix + Base58.Bitcoin.Encode(key switch
    {
        P256PublicKey p256 => [.. P256Codec, .. p256.Compress()],
        Ed25519PublicKey ed25519 => [.. Ed25519Codec, .. ed25519.Point],
        _ => throw new ArgumentException("Not a key of a DID.", nameof(key)),
    });

    private static PublicKey? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(P256Codec))
        {
            return P256PublicKey.TryDecompress(bytes[P256Codec.Length..], out var p256) ? p256 : null;
        }

        return bytes.StartsWith(Ed25519Codec) && Ed25519PublicKey.TryCreate(bytes[Ed25519Codec.Length..], out var ed25519)
            ? ed25519
            : null;
    }
}
