using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace BlokSec.Verify.Jose;

/// <summary>The members of a public key as a JWK (RFC 7517; RFC 8037). Others are not looked at.</summary>
internal sealed record JsonWebKey(string Kty, string Crv, string X)
{
    /// <summary>The second coordinate of a point.</summary>
    public string? Y { get; init; }

    /// <summary>A private key: whoever shows it has lost it.</summary>
    public string? D { get; init; }
}

/// <summary>A public key on P-256 or Ed25519. There are no others, so there is one algorithm for each key.</summary>
internal abstract class PublicKey
{
    private PublicKey(string json) => Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(json)));

    /// <summary>ES256 or EdDSA.</summary>
    public abstract string Algorithm { get; }

    /// <summary>RFC 7638 SHA-256 thumbprint: the id of a device is that of its key.</summary>
    public string Thumbprint { get; }

    /// <summary>Whether the signature over the data is by this key.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>Reads a JWK; false unless it is a public key of one of the two kinds.</summary>
    public static bool TryRead(JsonWebKey? jwk, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        if (jwk is { D: null } && CompactJws.TryDecode(jwk.X, out var x))
        {
            key = jwk switch
            {
                { Kty: "EC", Crv: "P-256", Y: { } encoded } when x.Length == 32 && CompactJws.TryDecode(encoded, out var y) && y.Length == 32 => P256([4, .. x, .. y]),
                { Kty: "OKP", Crv: "Ed25519", Y: null } => Ed25519Of(x),
                _ => null,
            };
        }

        return key is not null;
    }

    /// <summary>A SEC 1 point on P-256; null when it is none.</summary>
    public static PublicKey? P256(byte[] point)
    {
        try
        {
            var decoded = OfP256.Curve.DecodePoint(point);
            return decoded.IsInfinity ? null : new OfP256(decoded.AffineXCoord.GetEncoded(), decoded.AffineYCoord.GetEncoded());
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>An encoded point of Ed25519; null when no honest key has it.</summary>
    public static PublicKey? Ed25519Of(byte[] point) =>
        point.Length == Ed25519.PublicKeySize && Ed25519.ValidatePublicKeyFullExport(point) is { } validated ? new OfEd25519(point, validated) : null;

    private sealed class OfP256(byte[] x, byte[] y)
        : PublicKey($$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(x)}}","y":"{{Base64Url.EncodeToString(y)}}"}""")
    {
        public static readonly Org.BouncyCastle.Math.EC.ECCurve Curve = CustomNamedCurves.GetByOid(X9ObjectIdentifiers.Prime256v1).Curve;

        public override string Algorithm => "ES256";

        public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
        {
            if (signature.Length != 64)
            {
                return false;
            }

            using var ecdsa = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = { X = x, Y = y } });
            return ecdsa.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
    }

    private sealed class OfEd25519(byte[] encoded, Ed25519.PublicPoint point)
        : PublicKey($$"""{"crv":"Ed25519","kty":"OKP","x":"{{Base64Url.EncodeToString(encoded)}}"}""")
    {
        public override string Algorithm => "EdDSA";

        public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
            signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, point, data);
    }
}
