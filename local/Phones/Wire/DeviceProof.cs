using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones.Wire;

/// <summary>
/// The <c>DPoP</c> header of a device's call (docs/mobile-protocol.md, after RFC 9449). What a phone needs are the required members;
/// the rest is for tests that attack the server: a <c>with</c> expression forges any part of an honest proof.
/// </summary>
internal sealed record DeviceProof
{
    /// <summary>The device key: its public half goes into the header.</summary>
    public required PhoneKey Key { get; init; }

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>The address called; query and fragment are left out of <c>htu</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>The tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>The <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The body whose hash is signed.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The <c>jti</c>; random unless fixed.</summary>
    public string Id { get; init; } = ProofParts.NewId();

    /// <summary>Attack: sign with this key although the header shows <see cref="Key"/>.</summary>
    public PhoneKey? SignedBy { get; init; }

    /// <summary>Attack: <c>alg</c> none and no signature.</summary>
    public bool Unsigned { get; init; }

    /// <summary>Attack: header members to replace or add; null leaves the member out.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Header { get; init; } = ProofParts.AsIs;

    /// <summary>Attack: claims to replace or add; null leaves the claim out.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Claims { get; init; } = ProofParts.AsIs;

    /// <summary>The compact JWS.</summary>
    public string Build()
    {
        var header = new JsonObject
        {
            ["typ"] = "dpop+jwt",
            ["alg"] = Unsigned ? "none" : Key.Algorithm,
            ["jwk"] = Key.Public.ToJson(),
        };
        var claims = new JsonObject
        {
            ["jti"] = Id,
            ["htm"] = Method,
            ["htu"] = ProofParts.Target(Address),
            ["iat"] = ProofParts.Seconds(IssuedAt),
            ["bh"] = Base64Url.EncodeToString(SHA256.HashData(Body.Span)),
            ["tenant"] = Tenant,
            ["user"] = User,
            ["device"] = Key.DeviceId,
        };
        return ProofParts.Sign(header, Header, claims, Claims, Unsigned ? null : SignedBy ?? Key);
    }
}
