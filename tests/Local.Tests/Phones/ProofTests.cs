using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Tests.Phones;

public sealed class ProofTests
{
    private static readonly PhoneKey Key = PhoneKey.Create(KeyKind.P256);

    private static readonly DeviceProof Proof = new()
    {
        Key = Key,
        Method = "POST",
        Address = new Uri("https://api.example.com/api/mobile/devices?x=1#y"),
        Tenant = "contoso",
        User = "ada",
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        Body = "{}"u8.ToArray(),
    };

    [Fact]
    public void A_device_proof_has_the_members_of_the_protocol()
    {
        var jws = Read(Proof with { Id = "a-fixed-identifier" });

        Assert.Equal(["typ", "alg", "jwk"], jws.Header.EnumerateObject().Select(member => member.Name));
        Assert.Equal(["kty", "crv", "x", "y"], jws.Header.GetProperty("jwk").EnumerateObject().Select(member => member.Name));
        Assert.Equal("dpop+jwt", jws.HeaderText("typ"));
        Assert.Equal("ES256", jws.HeaderText("alg"));
        Assert.Equal("a-fixed-identifier", jws.ClaimText("jti"));
        Assert.Equal("POST", jws.ClaimText("htm"));
        Assert.Equal("https://api.example.com/api/mobile/devices", jws.ClaimText("htu"));
        Assert.Equal(1_700_000_000, jws.ClaimNumber("iat"));
        Assert.Equal("RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o", jws.ClaimText("bh"));
        Assert.Equal(("contoso", "ada", Key.DeviceId), (jws.ClaimText("tenant"), jws.ClaimText("user"), jws.ClaimText("device")));
        Assert.True(jws.IsSignedBy(Key.Public));
    }

    [Fact]
    public void Without_a_body_the_hash_is_that_of_no_bytes() =>
        Assert.Equal("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", Read(Proof with { Body = default }).ClaimText("bh"));

    [Fact]
    public void Two_proofs_have_different_ids() =>
        Assert.NotEqual(Read(Proof).ClaimText("jti"), Read(Proof with { Id = ProofParts.NewId() }).ClaimText("jti"));

    [Fact]
    public void An_attack_can_replace_add_and_leave_out_anything()
    {
        var jws = Read(Proof with
        {
            Header = new Dictionary<string, JsonNode?> { ["typ"] = "JWT", ["crit"] = new JsonArray("b64") },
            Claims = new Dictionary<string, JsonNode?> { ["iat"] = "yesterday", ["bh"] = null },
        });

        Assert.Equal("JWT", jws.HeaderText("typ"));
        Assert.True(jws.Header.TryGetProperty("crit", out _));
        Assert.Equal("yesterday", jws.ClaimText("iat"));
        Assert.False(jws.Claims.TryGetProperty("bh", out _));
        Assert.True(jws.IsSignedBy(Key.Public));
    }

    [Fact]
    public void An_attack_can_sign_with_another_key_or_not_at_all()
    {
        var other = PhoneKey.Create(KeyKind.P256);

        Assert.True(Read(Proof with { SignedBy = other }).IsSignedBy(other.Public));
        var unsigned = Read(Proof with { Unsigned = true });
        Assert.Equal("none", unsigned.HeaderText("alg"));
        Assert.Empty(unsigned.Signature);
    }

    [Fact]
    public void A_did_proof_has_the_members_of_the_protocol()
    {
        var did = PhoneKey.Create(KeyKind.Ed25519);

        Assert.True(CompactJws.TryParse(DidProof(did).Build(), out var jws));

        Assert.Equal("did-proof+jwt", jws.HeaderText("typ"));
        Assert.Equal("EdDSA", jws.HeaderText("alg"));
        Assert.Equal(did.Did, jws.HeaderText("kid"));
        Assert.Equal("https://api.example.com/api/mobile/claims/redemption", jws.ClaimText("aud"));
        Assert.Equal(Key.DeviceId, jws.ClaimText("device"));
        Assert.Equal("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0", jws.ClaimText("claim"));
        Assert.True(jws.IsSignedBy(did.Public));
    }

    [Fact]
    public void A_did_proof_of_a_restore_names_no_claim()
    {
        Assert.True(CompactJws.TryParse((DidProof(Key) with { ClaimCode = null }).Build(), out var jws));
        Assert.False(jws.Claims.TryGetProperty("claim", out _));
    }

    private static DidProof DidProof(PhoneKey key) => new()
    {
        Key = key,
        Address = new Uri("https://api.example.com/api/mobile/claims/redemption"),
        Tenant = "contoso",
        User = "ada",
        DeviceId = Key.DeviceId,
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
        ClaimCode = "abc",
    };

    private static CompactJws Read(DeviceProof proof)
    {
        Assert.True(CompactJws.TryParse(proof.Build(), out var jws));
        return jws;
    }
}
