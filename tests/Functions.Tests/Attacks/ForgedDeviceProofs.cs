using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Ways to attack the proof of a device: what comes in the <c>DPoP</c> headers instead of the honest one.</summary>
internal static class ForgedDeviceProofs
{
    public static readonly IReadOnlyDictionary<string, Func<DeviceProof, string[]>> All = new Dictionary<string, Func<DeviceProof, string[]>>
    {
        ["no header"] = _ => [],
        ["an empty header"] = _ => [""],
        ["garbage"] = _ => ["garbage"],
        ["two headers"] = proof => [proof.Build(), (proof with { Id = ProofParts.NewId() }).Build()],
        ["the same header twice"] = proof => Enumerable.Repeat(proof.Build(), 2).ToArray(),
        ["signed by another key"] = proof => One(proof with { SignedBy = PhoneKey.Create(proof.Key.Kind) }),
        ["signed by a key of another kind"] = proof => One(proof with { SignedBy = PhoneKey.Create(Other(proof.Key.Kind)) }),
        ["a stranger's key"] = proof => One(proof with { Key = PhoneKey.Create(proof.Key.Kind) }),
        ["a stranger's key that says it is the device"] = proof => One(proof with
        {
            Key = PhoneKey.Create(proof.Key.Kind),
            Claims = Claim("device", proof.Key.DeviceId),
        }),
        ["another device named"] = proof => One(proof with { Claims = Claim("device", PhoneKey.Create(KeyKind.P256).DeviceId) }),
        ["another tenant"] = proof => One(proof with { Tenant = "fabrikam" }),
        ["another user"] = proof => One(proof with { User = "somebody-else" }),
        ["expired"] = proof => One(proof with { IssuedAt = proof.IssuedAt.AddSeconds(-62) }),
        ["in the future"] = proof => One(proof with { IssuedAt = proof.IssuedAt.AddSeconds(90) }),
        ["time as text"] = proof => One(proof with { Claims = Claim("iat", proof.IssuedAt.ToUnixTimeSeconds().ToString(null, null)) }),
        ["time beyond all numbers"] = proof => One(proof with { Claims = Claim("iat", long.MaxValue) }),
        ["alg none"] = proof => One(proof with { Unsigned = true }),
        ["HS256 with the public key as secret"] = proof => [Hs256(proof)],
        ["alg of another kind"] = proof => One(proof with { Header = Claim("alg", proof.Key.Kind == KeyKind.P256 ? "EdDSA" : "ES256") }),
        ["another method"] = proof => One(proof with { Method = proof.Method == "GET" ? "POST" : "GET" }),
        ["another path"] = proof => One(proof with { Address = new Uri(proof.Address, "/api/mobile/device/other") }),
        ["another host"] = proof => One(proof with { Address = new UriBuilder(proof.Address) { Host = "evil.example" }.Uri }),
        ["another scheme"] = proof => One(proof with { Claims = Claim("htu", proof.Address.AbsoluteUri.Replace("http:", "https:", StringComparison.Ordinal)) }),
        ["another body"] = proof => One(proof with { Body = "{ }"u8.ToArray() }),
        ["no hash of the body"] = proof => One(proof with { Claims = Without("bh") }),
        ["no jti"] = proof => One(proof with { Claims = Without("jti") }),
        ["a short jti"] = proof => One(proof with { Id = "short" }),
        ["an unknown claim"] = proof => One(proof with { Claims = Claim("admin", true) }),
        ["an unknown header member"] = proof => One(proof with { Header = Claim("jku", "https://evil.example/keys") }),
        ["critical extension"] = proof => One(proof with { Header = Claim("crit", new JsonArray("b64")) }),
        ["type of another signature"] = proof => One(proof with { Header = Claim("typ", "did-proof+jwt") }),
        ["longer than allowed"] = proof => One(proof with { Claims = Claim("pad", new string('x', 5_000)) }),
    };

    public static IReadOnlyDictionary<string, JsonNode?> Claim(string name, JsonNode? value) => new Dictionary<string, JsonNode?> { [name] = value };

    public static IReadOnlyDictionary<string, JsonNode?> Without(string name) => Claim(name, null);

    /// <summary>The unsigned text signed with a secret that everybody knows.</summary>
    public static string Hs256(string unsigned, PhoneKey key)
    {
        var parts = unsigned.Split('.');
        var header = JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
        header["alg"] = "HS256";
        var input = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header.ToJsonString()))}.{parts[1]}";
        var secret = Encoding.UTF8.GetBytes(key.Public.ToJson().ToJsonString());
        return $"{input}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Hs256(DeviceProof proof) => Hs256((proof with { Unsigned = true }).Build(), proof.Key);

    private static string[] One(DeviceProof proof) => [proof.Build()];

    private static KeyKind Other(KeyKind kind) => kind == KeyKind.P256 ? KeyKind.Ed25519 : KeyKind.P256;
}
