using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using SimpleBase;

namespace BlokSec.Local.Phones.Keys;

/// <summary>
/// DIDs of method <c>did:key</c> (W3C CCG "The did:key Method"): <c>did:key:z</c> and, in base58btc, the multicodec of the key's
/// kind followed by the public key.
/// </summary>
internal static class DidKey
{
    private const string Prefix = "did:key:z";
    private const int Coordinate = 32;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");

    // The prime and the b of P-256 (SEC 2 section 2.4.2)
    private static readonly BigInteger Prime = Number("0FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
    private static readonly BigInteger CurveB = Number("05AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

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

    /// <summary>The public key that a DID is; false for what is no DID of a P-256 or Ed25519 key.</summary>
    public static bool TryParse(string did, [NotNullWhen(true)] out PublicJwk? key)
    {
        key = null;
        var bytes = new byte[did.Length];
        if (!did.StartsWith(Prefix, StringComparison.Ordinal)
            || did.AsSpan(Prefix.Length).ContainsAnyExcept(Alphabet)
            || !Base58.Bitcoin.TryDecode(did.AsSpan(Prefix.Length), bytes, out var length))
        {
            return false;
        }

        key = bytes.AsSpan(0, length) switch
        {
            [0xed, 0x01, .. { Length: Coordinate } x] => new PublicJwk("OKP", "Ed25519", Base64Url.EncodeToString(x), null),
            [0x80, 0x24, 2 or 3, .. { Length: Coordinate } x] => Decompress(bytes[2], x),
            _ => null,
        };
        return key is not null && Encode(key) == did;
    }

    /// <summary>The point with this x (SEC 1 section 2.3.4). One that is not on the curve verifies nothing.</summary>
    private static PublicJwk Decompress(byte sign, ReadOnlySpan<byte> coordinate)
    {
        var x = new BigInteger(coordinate, isUnsigned: true, isBigEndian: true);
        var square = (BigInteger.ModPow(x, 3, Prime) - (3 * x) + CurveB) % Prime;
        var y = BigInteger.ModPow(square.Sign < 0 ? square + Prime : square, (Prime + 1) / 4, Prime);
        if (!y.IsEven != (sign == 3))
        {
            y = Prime - y;
        }

        Span<byte> bytes = stackalloc byte[Coordinate];
        var written = y.GetByteCount(isUnsigned: true);
        y.TryWriteBytes(bytes[(Coordinate - written)..], out _, isUnsigned: true, isBigEndian: true);
        return new PublicJwk("EC", "P-256", Base64Url.EncodeToString(coordinate), Base64Url.EncodeToString(bytes));
    }

    /// <summary>First byte of a compressed point (SEC 1 section 2.3.3): 2 for an even y, 3 for an odd one.</summary>
    private static byte CompressedSign(byte[] y) => (byte)(2 + (y[^1] & 1));

    private static BigInteger Number(string hex) => BigInteger.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
