using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones.Wire;

/// <summary>
/// The <c>didProof</c> of an enrollment (docs/mobile-protocol.md): the key of the DID vouches for the device key and, when a claim is
/// redeemed, for the claim. As with <see cref="DeviceProof"/> a <c>with</c> expression forges any part.
/// </summary>
internal sealed record DidProof
{
    /// <summary>The key of the DID.</summary>
    public required PhoneKey Key { get; init; }

    /// <summary>The address called.</summary>
    public required Uri Address { get; init; }

    /// <summary>The tenant.</summary>
    public required string Tenant { get; init; }

    /// <summary>The user.</summary>
    public required string User { get; init; }

    /// <summary>The device that signs the call.</summary>
    public required string DeviceId { get; init; }

    /// <summary>The <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The claim code whose hash is signed; null for a restore.</summary>
    public string? ClaimCode { get; init; }

    /// <summary>The <c>jti</c>; random unless fixed.</summary>
    public string Id { get; init; } = ProofParts.NewId();

    /// <summary>Attack: sign with this key although the header names the DID of <see cref="Key"/>.</summary>
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
            ["typ"] = "did-proof+jwt",
            ["alg"] = Unsigned ? "none" : Key.Algorithm,
            ["kid"] = Key.Did,
        };
        var claims = new JsonObject
        {
            ["aud"] = ProofParts.Target(Address),
            ["iat"] = ProofParts.Seconds(IssuedAt),
            ["jti"] = Id,
            ["tenant"] = Tenant,
            ["user"] = User,
            ["device"] = DeviceId,
        };
        if (ClaimCode is not null)
        {
            claims["claim"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(ClaimCode)));
        }

        return ProofParts.Sign(header, Header, claims, Claims, Unsigned ? null : SignedBy ?? Key);
    }
}
