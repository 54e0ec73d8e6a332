using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using NSec.Cryptography;

namespace BlokSec.Functions.Security;

/// <summary>
/// An Ed25519 public key (RFC 8032), in JOSE an octet key pair (RFC 8037). Verification is libsodium's, which also refuses points
/// that are not on the curve or of small order, and signatures whose s is not reduced.
/// </summary>
internal sealed class Ed25519PublicKey : PublicKey
{
    /// <summary>Length of the encoded point.</summary>
    public const int Length = 32;

    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    private readonly byte[] point;
    private readonly NSec.Cryptography.PublicKey imported;

    private Ed25519PublicKey(byte[] point, NSec.Cryptography.PublicKey imported)
    {
        this.point = point;
        this.imported = imported;
        JsonWebKey = $$"""{"crv":"Ed25519","kty":"OKP","x":"{{StrictBase64Url.Encode(point)}}"}""";
    }

    public override string Algorithm => "EdDSA";

    public override string JsonWebKey { get; }

    /// <summary>The encoded point.</summary>
    public ReadOnlySpan<byte> Point => point;

    /// <summary>Takes the encoded point; false when it has the wrong length or y is not reduced (a second spelling of another key).</summary>
    public static bool TryCreate(ReadOnlySpan<byte> point, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        key = null;
        if (point.Length != Length)
        {
            return false;
        }

        var y = point.ToArray();
        y[^1] &= 0x7F;
        if (new BigInteger(y, isUnsigned: true) >= P
            || !NSec.Cryptography.PublicKey.TryImport(SignatureAlgorithm.Ed25519, point, KeyBlobFormat.RawPublicKey, out var imported)
            || imported is null)
        {
            return false;
        }

        key = new Ed25519PublicKey(point.ToArray(), imported);
        return true;
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureAlgorithm.Ed25519.SignatureSize && SignatureAlgorithm.Ed25519.Verify(imported, data, signature);
}
