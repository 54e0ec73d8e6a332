using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NSec.Cryptography;

namespace BlokSec.Local.Phones.Keys;

/// <summary>
/// A public key as a JWK: P-256 (RFC 7518 section 6.2) or Ed25519 (RFC 8037 section 2). Members are base64url without padding.
/// </summary>
/// <param name="Kty"><c>EC</c> or <c>OKP</c>.</param>
/// <param name="Crv"><c>P-256</c> or <c>Ed25519</c>.</param>
/// <param name="X">The x coordinate, or the whole Ed25519 key; 32 bytes.</param>
/// <param name="Y">The y coordinate; null for Ed25519.</param>
internal sealed record PublicJwk(string Kty, string Crv, string X, string? Y)
{
    private const int Coordinate = 32;

    /// <summary>The <c>alg</c> of signatures by this key.</summary>
    public string Algorithm => Y is null ? "EdDSA" : "ES256";

    /// <summary>RFC 7638 SHA-256 thumbprint, base64url: the required members in lexical order, without white space.</summary>
    public string Thumbprint()
    {
        var y = Y is null ? "" : $",\"y\":\"{Y}\"";
        var canonical = $"{{\"crv\":\"{Crv}\",\"kty\":\"{Kty}\",\"x\":\"{X}\"{y}}}";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    /// <summary>The key as JSON, for the header of a proof.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["kty"] = Kty, ["crv"] = Crv, ["x"] = X };
        if (Y is not null)
        {
            json["y"] = Y;
        }

        return json;
    }

    /// <summary>Whether the signature is by this key. False, never an exception, when the key itself is unusable.</summary>
    public bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            return Y is null ? VerifiesEd25519(data, signature) : VerifiesP256(data, signature);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads a key of a key set; false for kinds that the protocol does not know.</summary>
    public static bool TryRead(JsonElement json, [NotNullWhen(true)] out PublicJwk? jwk)
    {
        jwk = (Text("kty"), Text("crv"), Text("x"), Text("y")) switch
        {
            ("EC", "P-256", { } x, { } y) when Is32Bytes(x) && Is32Bytes(y) => new PublicJwk("EC", "P-256", x, y),
            ("OKP", "Ed25519", { } x, _) when Is32Bytes(x) => new PublicJwk("OKP", "Ed25519", x, null),
            _ => null,
        };
        return jwk is not null;

        string? Text(string name) =>
            json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }

    private bool VerifiesP256(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars(X), Y = Base64Url.DecodeFromChars(Y) },
        });
        return key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private bool VerifiesEd25519(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        var key = PublicKey.Import(SignatureAlgorithm.Ed25519, Base64Url.DecodeFromChars(X), KeyBlobFormat.RawPublicKey);
        return SignatureAlgorithm.Ed25519.Verify(key, data, signature);
    }

    private static bool Is32Bytes(string text) => Base64Url.IsValid(text, out var length) && length == Coordinate;
}
