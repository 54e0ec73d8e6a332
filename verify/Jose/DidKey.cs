using System.Buffers;
using SimpleBase;

namespace BlokSec.Verify.Jose;

/// <summary>The key inside a <c>did:key</c> (W3C CCG did:key method v0.9): P-256 or Ed25519, in base58btc.</summary>
internal static class DidKey
{
    private const int MaximumLength = 64;

    private const string Prefix = "did:key:z";

    // SimpleBase looks characters up without a bound, so none of another alphabet may reach it.
    private static readonly SearchValues<char> Alphabet = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    /// <summary>The key; null when there is none in it.</summary>
    public static PublicKey? Read(string did)
    {
        Span<byte> buffer = stackalloc byte[MaximumLength];
        if (did.Length > MaximumLength
            || !did.StartsWith(Prefix, StringComparison.Ordinal)
            || did.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet)
            || !Base58.Bitcoin.TryDecode(did.AsSpan(Prefix.Length), buffer, out var length))
        {
            return null;
        }

        // The varints of 0x1200 (p256-pub) and 0xed (ed25519-pub) in the multicodec table.
        return buffer[..length] switch
        {
            [0x80, 0x24, 2 or 3, ..] when length == 35 => PublicKey.P256(buffer[2..length].ToArray()),
            [0xED, 0x01, ..] => PublicKey.Ed25519Of(buffer[2..length].ToArray()),
            _ => null,
        };
    }
}
