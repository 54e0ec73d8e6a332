using System.Text.Json.Nodes;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Security;

public sealed class DidProofsTests : IDisposable
{
    private const string Code = "abcdefghijklmnopqrstuvwxyz0";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Signer phone = Signer.P256();
    private readonly Signer did = Signer.Ed25519();
    private readonly DidProofs proofs;
    private readonly DeviceProof device;

    public DidProofsTests()
    {
        proofs = new DidProofs(new PublicAddress(Options.Create(new ApiOptions { PublicUrl = "https://api.example.com" })), time);
        device = new DeviceProof("contoso", "user-1", phone.DeviceId, phone.PublicKey.JsonWebKey, "0123456789abcdef", 0);
    }

    public void Dispose()
    {
        phone.Dispose();
        did.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_proof_by_either_kind_of_DID_holds(bool ofP256)
    {
        using var signer = Signer.Of(ofP256);
        Assert.Null(Fault(signer, Claims(), claimCode: null));
        Assert.Null(Fault(signer, Claims(("claim", DidProofs.HashOf(Code))), Code));
    }

    [Theory]
    [InlineData("aud", "https://api.example.com/api/mobile/devices", ProofFaults.DidOtherAddress)]
    [InlineData("aud", "https://evil.example/api/mobile/claims/redemption", ProofFaults.DidOtherAddress)]
    [InlineData("tenant", "fabrikam", ProofFaults.DidOtherDevice)]
    [InlineData("user", "user-2", ProofFaults.DidOtherDevice)]
    [InlineData("device", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", ProofFaults.DidOtherDevice)]
    [InlineData("claim", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", ProofFaults.DidOtherClaim)]
    [InlineData("claim", Code, ProofFaults.DidOtherClaim)]
    [InlineData("jti", "short", ProofFaults.DidMalformed)]
    [InlineData("extra", "1", ProofFaults.DidMalformed)]
    public void A_proof_made_for_something_else_is_refused(string claim, string value, string reason) =>
        Assert.Equal(reason, Fault(did, Claims(("claim", DidProofs.HashOf(Code)), (claim, value)), Code));

    [Fact]
    public void A_proof_names_a_claim_exactly_when_one_is_redeemed()
    {
        Assert.Equal(ProofFaults.DidOtherClaim, Fault(did, Claims(), Code));
        Assert.Equal(ProofFaults.DidOtherClaim, Fault(did, Claims(("claim", DidProofs.HashOf(Code))), claimCode: null));
    }

    [Theory]
    [InlineData(-61)]
    [InlineData(61)]
    public void A_proof_out_of_its_time_is_refused(int seconds) =>
        Assert.Equal(ProofFaults.DidOutOfTime, Fault(did, Claims(("iat", time.GetUtcNow().ToUnixTimeSeconds() + seconds)), claimCode: null));

    [Fact]
    public void A_proof_by_another_key_is_refused()
    {
        using var other = Signer.Ed25519();
        var forged = other.Jws(Header(did), Claims());
        Assert.Equal(ProofFaults.DidSignatureWrong, proofs.Fault(Request(), device, did.Did, forged, null));

        var own = other.Jws(Header(other), Claims());
        Assert.Equal(ProofFaults.DidMalformed, proofs.Fault(Request(), device, did.Did, own, null));
    }

    [Theory]
    [InlineData("typ", "\"dpop+jwt\"", ProofFaults.DidMalformed)]
    [InlineData("kid", "null", ProofFaults.DidMalformed)]
    [InlineData("jwk", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", ProofFaults.DidMalformed)]
    [InlineData("alg", "\"none\"", ProofFaults.DidSignatureWrong)]
    [InlineData("alg", "\"ES256\"", ProofFaults.DidSignatureWrong)]
    [InlineData("alg", "\"HS256\"", ProofFaults.DidSignatureWrong)]
    public void A_header_of_another_kind_is_refused(string member, string value, string reason)
    {
        var header = Header(did);
        header[member] = JsonNode.Parse(value);
        Assert.Equal(reason, proofs.Fault(Request(), device, did.Did, did.Jws(header, Claims()), null));
    }

    [Fact]
    public void A_time_may_have_a_fraction() =>
        Assert.Null(Fault(did, Claims(("iat", time.GetUtcNow().ToUnixTimeSeconds() + 0.5m)), claimCode: null));

    [Fact]
    public void A_DID_of_another_method_is_refused() =>
        Assert.Equal(ProofFaults.DidUnsupported, proofs.Fault(Request(), device, "did:web:example.com", did.Jws(Header(did), Claims()), null));

    private static JsonObject Header(Signer signer) =>
        new() { ["typ"] = "did-proof+jwt", ["alg"] = signer.PublicKey.Algorithm, ["kid"] = signer.Did };

    private static HttpRequest Request()
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.Path = "/api/mobile/claims/redemption";
        return request;
    }

    private string? Fault(Signer signer, JsonObject claims, string? claimCode) =>
        proofs.Fault(Request(), device, signer.Did, signer.Jws(Header(signer), claims), claimCode);

    private JsonObject Claims(params (string Name, JsonNode Value)[] others)
    {
        var claims = new JsonObject
        {
            ["aud"] = "https://api.example.com/api/mobile/claims/redemption",
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["jti"] = "fedcba9876543210",
            ["tenant"] = "contoso",
            ["user"] = "user-1",
            ["device"] = phone.DeviceId,
        };
        foreach (var (name, value) in others)
        {
            claims[name] = value;
        }

        return claims;
    }
}
