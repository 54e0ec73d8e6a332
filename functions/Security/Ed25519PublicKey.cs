using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace BlokSec.Functions.Security;

/// <summary>
/// An Ed25519 public key (RFC 8032), in JOSE an octet key pair (RFC 8037). Bouncy Castle refuses points that are not on the curve, not of
/// its prime order or spelled a second way, and signatures whose s is not reduced.
/// </summary>
internal sealed class Ed25519PublicKey : PublicKey
{
    /// <summary>Length of the encoded point.</summary>
    public const int Length = 32;

    private readonly byte[] encoded;
    private readonly Ed25519.PublicPoint point;

    private Ed25519PublicKey(byte[] encoded, Ed25519.PublicPoint point)
    {
        this.encoded = encoded;
        this.point = point;
        JsonWebKey = $$"""{"crv":"Ed25519","kty":"OKP","x":"{{StrictBase64Url.Encode(encoded)}}"}""";
    }

    public override string Algorithm => "EdDSA";

    public override string JsonWebKey { get; }

    /// <summary>The encoded point.</summary>
    public ReadOnlySpan<byte> Point => encoded;

    /// <summary>Takes the encoded point; false when it has the wrong length or no honest key has it.</summary>
    public static bool TryCreate(ReadOnlySpan<byte> point, [NotNullWhen(true)] out Ed25519PublicKey? key)
    {
        key = point.Length == Length && Ed25519.ValidatePublicKeyFullExport(point) is { } validated
            ? new Ed25519PublicKey(point.ToArray(), validated)
            : null;
        return key is not null;
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, point, data);
}
