using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;
using static BlokSec.Functions.Tests.Attacks.ForgedDeviceProofs;

namespace BlokSec.Functions.Tests.Attacks;

/// <summary>Ways to attack the proof of a DID in the body of a phone that enrolls.</summary>
internal static class ForgedDidProofs
{
    public static readonly IReadOnlyDictionary<string, Func<DidProof, string>> All = new Dictionary<string, Func<DidProof, string>>
    {
        ["garbage"] = _ => "garbage",
        ["signed by another key"] = proof => (proof with { SignedBy = PhoneKey.Create(proof.Key.Kind) }).Build(),
        ["signed by a key of another kind"] = proof => (proof with { SignedBy = PhoneKey.Create(KeyKind.P256) }).Build(),
        ["of another DID"] = proof => (proof with { Key = PhoneKey.Create(proof.Key.Kind) }).Build(),
        ["of another DID that says it is this one"] = proof =>
            (proof with { Key = PhoneKey.Create(proof.Key.Kind), Header = Claim("kid", proof.Key.Did) }).Build(),
        ["for another device"] = proof => (proof with { DeviceId = PhoneKey.Create(KeyKind.P256).DeviceId }).Build(),
        ["for another tenant"] = proof => (proof with { Tenant = "fabrikam" }).Build(),
        ["for another user"] = proof => (proof with { User = "somebody-else" }).Build(),
        ["for another claim"] = proof => (proof with { ClaimCode = "another-code" }).Build(),
        ["for a claim or for none"] = proof => (proof with { ClaimCode = proof.ClaimCode is null ? "code" : null }).Build(),
        ["for another address"] = proof => (proof with { Address = new Uri(proof.Address, "/api/mobile/other") }).Build(),
        ["for another host"] = proof => (proof with { Address = new UriBuilder(proof.Address) { Host = "evil.example" }.Uri }).Build(),
        ["expired"] = proof => (proof with { IssuedAt = proof.IssuedAt.AddSeconds(-62) }).Build(),
        ["in the future"] = proof => (proof with { IssuedAt = proof.IssuedAt.AddSeconds(90) }).Build(),
        ["alg none"] = proof => (proof with { Unsigned = true }).Build(),
        ["HS256 with the public key as secret"] = proof => Hs256((proof with { Unsigned = true }).Build(), proof.Key),
        ["no jti"] = proof => (proof with { Claims = Without("jti") }).Build(),
        ["an unknown claim"] = proof => (proof with { Claims = Claim("admin", true) }).Build(),
        ["type of another signature"] = proof => (proof with { Header = Claim("typ", "dpop+jwt") }).Build(),
    };
}
