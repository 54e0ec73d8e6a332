using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Security.Cryptography;

namespace BlokSec.Functions.Security;

/// <summary>
/// A P-256 public key (FIPS 186-5; curve y² = x³ - 3x + b over the prime p). It is checked to be a point of the curve before it is
/// ever given to the platform, whose own checks differ by system.
/// </summary>
internal sealed class P256PublicKey : PublicKey
{
    /// <summary>Length of one coordinate, and of each half of a signature.</summary>
    public const int CoordinateLength = 32;

    /// <summary>Length of a compressed point (SEC 1, section 2.3.3).</summary>
    public const int CompressedLength = 33;

    private static readonly BigInteger P = Unsigned("FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF");
    private static readonly BigInteger B = Unsigned("5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B");

    private readonly byte[] x;
    private readonly byte[] y;

    private P256PublicKey(byte[] x, byte[] y)
    {
        this.x = x;
        this.y = y;
        JsonWebKey = $$"""{"crv":"P-256","kty":"EC","x":"{{StrictBase64Url.Encode(x)}}","y":"{{StrictBase64Url.Encode(y)}}"}""";
    }

    public override string Algorithm => "ES256";

    public override string JsonWebKey { get; }

    /// <summary>Both coordinates in base64url.</summary>
    public (string X, string Y) Coordinates => (StrictBase64Url.Encode(x), StrictBase64Url.Encode(y));

    /// <summary>Takes affine coordinates; false unless they are a point of the curve.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, [NotNullWhen(true)] out P256PublicKey? key)
    {
        key = null;
        if (x.Length != CoordinateLength || y.Length != CoordinateLength)
        {
            return false;
        }

        var (px, py) = (Unsigned(x), Unsigned(y));
        if (px >= P || py >= P || py * py % P != RightSide(px))
        {
            return false;
        }

        key = new P256PublicKey(x.ToArray(), y.ToArray());
        return true;
    }

    /// <summary>Takes a compressed SEC 1 point: 0x02 (y is even) or 0x03 (y is odd), then x.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> point, [NotNullWhen(true)] out P256PublicKey? key)
    {
        key = null;
        if (point.Length != CompressedLength || point[0] is not (2 or 3))
        {
            return false;
        }

        // p = 3 (mod 4): a square's root is its power (p + 1) / 4. TryCreate refuses x where there is no root.
        var root = BigInteger.ModPow(RightSide(Unsigned(point[1..])), (P + 1) / 4, P);
        if (root.IsEven != (point[0] == 2))
        {
            root = P - root;
        }

        var y = new byte[CoordinateLength];
        var bytes = root.ToByteArray(isUnsigned: true, isBigEndian: true);
        return bytes.Length <= CoordinateLength
            && bytes.AsSpan().TryCopyTo(y.AsSpan(CoordinateLength - bytes.Length))
            && TryCreate(point[1..], y, out key);
    }

    /// <summary>The compressed SEC 1 point.</summary>
    public byte[] Compress() => [(byte)(2 + (y[^1] & 1)), .. x];

    /// <summary>Takes a signature as RFC 7518, section 3.4 has it: r and s of 32 bytes each. A DER signature is refused.</summary>
    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != 2 * CoordinateLength)
        {
            return false;
        }

        using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = x, Y = y } });
        return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private static BigInteger RightSide(BigInteger x) => ((x * x * x) + (P - 3) * x + B) % P;

    private static BigInteger Unsigned(string hexadecimal) => Unsigned(Convert.FromHexString(hexadecimal));

    private static BigInteger Unsigned(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);
}
