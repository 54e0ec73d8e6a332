using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using ECCurve = Org.BouncyCastle.Math.EC.ECCurve;

namespace BlokSec.Functions.Security;

/// <summary>
/// A P-256 public key (FIPS 186-5). Bouncy Castle decodes it, and refuses what is not a point of the curve, before it is ever given to the
/// platform, whose own checks differ by system.
/// </summary>
internal sealed class P256PublicKey : PublicKey
{
    /// <summary>Length of one coordinate, and of each half of a signature.</summary>
    public const int CoordinateLength = 32;

    /// <summary>Length of a compressed point (SEC 1, section 2.3.3).</summary>
    public const int CompressedLength = 33;

    private const byte Uncompressed = 4;

    private static readonly ECCurve Curve = CustomNamedCurves.GetByOid(X9ObjectIdentifiers.Prime256v1).Curve;

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
        key = x.Length == CoordinateLength && y.Length == CoordinateLength ? Decode([Uncompressed, .. x, .. y]) : null;
        return key is not null;
    }

    /// <summary>Takes a compressed SEC 1 point: 0x02 (y is even) or 0x03 (y is odd), then x.</summary>
    public static bool TryDecompress(ReadOnlySpan<byte> point, [NotNullWhen(true)] out P256PublicKey? key)
    {
        key = point.Length == CompressedLength && point[0] is (2 or 3) ? Decode(point.ToArray()) : null;
        return key is not null;
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

        using var ecdsa = ECDsa.Create(new ECParameters { Curve = System.Security.Cryptography.ECCurve.NamedCurves.nistP256, Q = { X = x, Y = y } });
        return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Reads an encoded SEC 1 point; null unless it is a point of the curve with coordinates below the prime.</summary>
    private static P256PublicKey? Decode(byte[] point)
    {
        try
        {
            var decoded = Curve.DecodePoint(point);
            return new P256PublicKey(decoded.AffineXCoord.GetEncoded(), decoded.AffineYCoord.GetEncoded());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
