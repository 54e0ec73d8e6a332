using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Local.Phones.Wire;

/// <summary>
/// The acceptance of a sign-in request as each of the phone's keys signs it (docs/mobile-protocol.md). As with <see cref="DeviceProof"/> a
/// <c>with</c> expression forges any part.
/// </summary>
internal sealed record SignInAnswer
{
    /// <summary>The key that signs.</summary>
    public required PhoneKey Key { get; init; }

    /// <summary>How the header names it: the device's id, or the DID.</summary>
    public required string KeyId { get; init; }

    /// <summary>The public address of the API.</summary>
    public required string Audience { get; init; }

    /// <summary>Whose phone it is.</summary>
    public required Signer Signer { get; init; }

    /// <summary>The request.</summary>
    public required WaitingRequest Request { get; init; }

    /// <summary>The number that the user typed.</summary>
    public required string Number { get; init; }

    /// <summary>The <c>iat</c>.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Attack: header members to replace or add; null leaves the member out.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Header { get; init; } = ProofParts.AsIs;

    /// <summary>Attack: claims to replace or add; null leaves the claim out.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Claims { get; init; } = ProofParts.AsIs;

    /// <summary>The compact JWS.</summary>
    public string Build() => ProofParts.Sign(
        new JsonObject { ["typ"] = "sign-in-answer+jwt", ["alg"] = Key.Algorithm, ["kid"] = KeyId },
        Header,
        new JsonObject
        {
            ["aud"] = Audience,
            ["iat"] = ProofParts.Seconds(IssuedAt),
            ["jti"] = ProofParts.NewId(),
            ["tenant"] = Signer.Tenant,
            ["user"] = Signer.User,
            ["device"] = Signer.Key.DeviceId,
            ["request"] = Request.RequestId,
            ["application"] = Request.ApplicationId,
            ["account"] = Request.AccountId,
            ["context"] = Request.Context,
            ["decision"] = "accept",
            ["number"] = Number,
        },
        Claims,
        Key);
}
