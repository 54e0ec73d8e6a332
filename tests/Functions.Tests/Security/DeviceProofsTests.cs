using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Functions.Security;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Security;

public sealed class DeviceProofsTests : IDisposable
{
    private const string Body = """{"kind":"apns"}""";

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Signer phone = Signer.P256();
    private readonly DeviceProofs proofs;

    public DeviceProofsTests() =>
        proofs = new DeviceProofs(
            new PublicAddress(Options.Create(new ApiOptions { PublicUrl = "https://api.example.com" })), time);

    public void Dispose() => phone.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_proof_of_either_kind_of_key_holds(bool ofP256)
    {
        using var signer = Signer.Of(ofP256);
        var proof = Valid(await VerifyAsync(signer.Jws(Header(signer), Claims(signer))));
        Assert.Equal(
            new DeviceProof(
                "contoso", "user-1", signer.DeviceId, signer.PublicKey.JsonWebKey, "0123456789abcdef",
                time.GetUtcNow(), time.GetUtcNow() + TimeSpan.FromSeconds(60)),
            proof);
    }

    [Fact]
    public async Task The_body_can_be_read_again()
    {
        var request = Request(phone.Jws(Header(phone), Claims(phone)));
        Valid(await proofs.VerifyAsync(request, TestContext.Current.CancellationToken));
        using var reader = new StreamReader(request.Body);
        Assert.Equal(Body, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task No_body_is_proved_as_zero_bytes() =>
        Valid(await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("bh", Hash("")))), body: ""));

    [Theory]
    [InlineData("HTTPS://API.EXAMPLE.COM/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com:443/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com/api/mobile/device/push%2Dhandle")]
    public async Task Other_spellings_of_the_same_address_hold(string htu) =>
        Valid(await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("htu", htu)))));

    [Theory]
    [InlineData("http://api.example.com/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com.evil.example/api/mobile/device/push-handle")]
    [InlineData("https://evil.example/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com:8443/api/mobile/device/push-handle")]
    [InlineData("https://me@api.example.com/api/mobile/device/push-handle")]
    [InlineData("https://api.example.com/api/mobile/device/status")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle/")]
    [InlineData("https://api.example.com/api/mobile/device/Push-Handle")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle?x=1")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle?")]
    [InlineData("https://api.example.com/api/mobile/device/push-handle#x")]
    [InlineData("/api/mobile/device/push-handle")]
    [InlineData("")]
    public async Task A_proof_for_another_address_is_refused(string htu) =>
        Refused(ProofFaults.OtherRequest, await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("htu", htu)))));

    [Theory]
    [InlineData("GET")]
    [InlineData("put")]
    [InlineData("")]
    public async Task A_proof_for_another_method_is_refused(string htm) =>
        Refused(ProofFaults.OtherRequest, await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("htm", htm)))));

    [Theory]
    [InlineData("""{"kind":"apnt"}""")]
    [InlineData("")]
    public async Task A_proof_for_another_body_is_refused(string body) =>
        Refused(ProofFaults.OtherBody, await VerifyAsync(phone.Jws(Header(phone), Claims(phone)), body));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_without_bound_is_not_read_to_its_end(bool lengthKnown)
    {
        var body = new string(' ', DeviceProofs.MaximumBodyLength + 1);
        var request = Request(phone.Jws(Header(phone), Claims(phone, ("bh", Hash(body)))), body);
        request.ContentLength = lengthKnown ? body.Length : null;
        Refused(ProofFaults.BodyTooLarge, await proofs.VerifyAsync(request, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(-60, null)]
    [InlineData(-61, ProofFaults.TooOld)]
    [InlineData(60, null)]
    [InlineData(61, ProofFaults.Ahead)]
    public async Task A_proof_holds_a_minute_on_either_side(int seconds, string? fault)
    {
        var result = await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("iat", time.GetUtcNow().ToUnixTimeSeconds() + seconds))));
        Assert.Equal(fault, (result as DeviceProofResult.Invalid)?.Reason);
    }

    [Theory]
    [InlineData(long.MinValue, ProofFaults.TooOld)]
    [InlineData(long.MaxValue, ProofFaults.Ahead)]
    public async Task A_time_beyond_all_calendars_is_refused(long iat, string fault) =>
        Refused(fault, await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("iat", iat)))));

    [Theory]
    [InlineData("tenant", "con.toso")]
    [InlineData("tenant", "")]
    [InlineData("tenant", "contoso\n")]
    [InlineData("tenant", "cöntoso")]
    [InlineData("tenant", "ttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt")]
    [InlineData("user", "user/1")]
    [InlineData("user", "")]
    [InlineData("jti", "short")]
    [InlineData("jti", "0123456789abcde/")]
    [InlineData("jti", "jjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjjj")]
    [InlineData("device", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4l")]
    [InlineData("device", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4")]
    public async Task Identifiers_out_of_format_are_refused(string claim, string value) =>
        Refused(ProofFaults.Malformed, await VerifyAsync(phone.Jws(Header(phone), Claims(phone, (claim, value)))));

    [Fact]
    public async Task The_id_of_another_device_is_refused()
    {
        using var victim = Signer.P256();
        Refused(
            ProofFaults.OtherDevice,
            await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("device", victim.DeviceId)))));
    }

    [Fact]
    public async Task A_signature_by_another_key_is_refused()
    {
        using var victim = Signer.P256();
        Refused(ProofFaults.SignatureWrong, await VerifyAsync(phone.Jws(Header(victim), Claims(victim))));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("ES384")]
    [InlineData("ES256K")]
    [InlineData("EdDSA")]
    [InlineData("es256")]
    [InlineData("")]
    public async Task Another_algorithm_than_that_of_the_key_is_refused(string alg)
    {
        var header = Header(phone);
        header["alg"] = alg;
        Refused(ProofFaults.SignatureWrong, await VerifyAsync(phone.Jws(header, Claims(phone))));
    }

    [Fact]
    public async Task No_signature_is_no_proof()
    {
        var header = Header(phone);
        header["alg"] = "none";
        var unsigned = Signer.Encode(header) + "." + Signer.Encode(Claims(phone)) + ".";
        Refused(ProofFaults.SignatureWrong, await VerifyAsync(unsigned));
        Refused(ProofFaults.Malformed, await VerifyAsync(unsigned.TrimEnd('.')));
    }

    [Fact]
    public async Task A_public_key_is_not_a_secret()
    {
        var header = Header(phone);
        header["alg"] = "HS256";
        var signingInput = Signer.Encode(header) + "." + Signer.Encode(Claims(phone));
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(phone.PublicKey.JsonWebKey), Encoding.ASCII.GetBytes(signingInput));
        Refused(ProofFaults.SignatureWrong, await VerifyAsync(signingInput + "." + StrictBase64Url.Encode(mac)));
    }

    [Fact]
    public async Task A_signature_in_DER_is_refused()
    {
        var signingInput = Signer.Encode(Header(phone)) + "." + Signer.Encode(Claims(phone));
        Refused(
            ProofFaults.SignatureWrong,
            await VerifyAsync(signingInput + "." + StrictBase64Url.Encode(phone.SignAsDer(signingInput))));
    }

    [Fact]
    public async Task Both_forms_of_s_hold_and_are_one_proof()
    {
        // ECDSA signatures are malleable: a proof is remembered by its jti, never by its bytes.
        var n = new System.Numerics.BigInteger(
            Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);
        var signingInput = Signer.Encode(Header(phone)) + "." + Signer.Encode(Claims(phone));
        var signature = phone.Sign(signingInput);
        var s = (n - new System.Numerics.BigInteger(signature.AsSpan(32), true, true)).ToByteArray(true, true);
        byte[] other = [.. signature[..32], .. new byte[32 - s.Length], .. s];

        var first = Valid(await VerifyAsync(signingInput + "." + StrictBase64Url.Encode(signature)));
        var second = Valid(await VerifyAsync(signingInput + "." + StrictBase64Url.Encode(other)));
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("typ", "\"jwt\"")]
    [InlineData("typ", "\"did-proof+jwt\"")]
    [InlineData("typ", "null")]
    [InlineData("kid", "\"other\"")]
    [InlineData("crit", "[\"exp\"]")]
    [InlineData("b64", "false")]
    [InlineData("jku", "\"https://evil.example/jwks\"")]
    [InlineData("jwk", "null")]
    [InlineData("jwk", "{\"kty\":\"oct\",\"crv\":\"\",\"x\":\"AAAA\"}")]
    public async Task A_header_with_anything_else_is_refused(string member, string value)
    {
        var header = Header(phone);
        header[member] = JsonNode.Parse(value);
        Refused(ProofFaults.Malformed, await VerifyAsync(phone.Jws(header, Claims(phone))));
    }

    [Fact]
    public async Task A_private_key_in_the_header_is_refused()
    {
        var header = Header(phone);
        header["jwk"]!["d"] = "gPh-VvVS8MbvKQ9LSVVmfnxnKjHn4Tqj0bmbpehRlpc";
        Refused(ProofFaults.Malformed, await VerifyAsync(phone.Jws(header, Claims(phone))));
    }

    [Fact]
    public async Task Members_that_come_twice_are_refused()
    {
        var claims = Claims(phone).ToJsonString();
        Refused(
            ProofFaults.Malformed,
            await VerifyAsync(phone.Jws(Header(phone).ToJsonString(), claims.Replace("{", """{"tenant":"fabrikam",""", StringComparison.Ordinal))));
        var header = Header(phone).ToJsonString();
        Refused(
            ProofFaults.Malformed,
            await VerifyAsync(phone.Jws(header[..^1] + ""","alg":"none"}""", claims)));
    }

    [Theory]
    [InlineData("\"iat\":", "\"iat\":\"1\",\"x\":")]
    [InlineData("\"iat\":", "\"exp\":1,\"iat\":")]
    [InlineData("\"tenant\":\"contoso\"", "\"tenant\":null")]
    [InlineData("\"tenant\":\"contoso\",", "")]
    [InlineData("\"tenant\":\"contoso\"", "\"Tenant\":\"contoso\"")]
    [InlineData("\"tenant\":\"contoso\"", "\"tenant\":\"\\ud800\"")]
    [InlineData("\"tenant\":\"contoso\"", "\"tenant\":[[[[\"contoso\"]]]]")]
    public async Task Claims_of_another_shape_are_refused(string part, string other)
    {
        var claims = Claims(phone).ToJsonString();
        Assert.Contains(part, claims, StringComparison.Ordinal);
        Refused(
            ProofFaults.Malformed,
            await VerifyAsync(phone.Jws(Header(phone).ToJsonString(), claims.Replace(part, other, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Exactly_one_header_is_needed()
    {
        var request = Request("");
        request.Headers.Remove(DeviceProofs.HeaderName);
        Refused(ProofFaults.HeaderMissing, await proofs.VerifyAsync(request, TestContext.Current.CancellationToken));
        Refused(ProofFaults.HeaderMissing, await VerifyAsync(""));

        var proof = phone.Jws(Header(phone), Claims(phone));
        request.Headers[DeviceProofs.HeaderName] = new[] { proof, proof };
        Refused(ProofFaults.HeaderMissing, await proofs.VerifyAsync(request, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Padding_white_space_and_further_parts_are_refused()
    {
        var proof = phone.Jws(Header(phone), Claims(phone));
        foreach (var other in new[] { proof + "=", proof + " ", " " + proof, proof + ".", "." + proof, proof + ".AAAA", proof + "\n" })
        {
            Refused(ProofFaults.Malformed, await VerifyAsync(other));
        }
    }

    [Fact]
    public async Task A_very_long_proof_is_refused() =>
        Refused(ProofFaults.Malformed, await VerifyAsync(phone.Jws(Header(phone), Claims(phone, ("jti", new string('j', 4_096))))));

    [Fact]
    public async Task Any_change_of_one_character_is_refused()
    {
        var proof = phone.Jws(Header(phone), Claims(phone));
        await Gen.Select(Gen.Int[0, proof.Length - 1], Gen.Char).SampleAsync(
            async (position, replacement) =>
            {
                var text = proof.ToCharArray();
                text[position] = replacement;
                var changed = new string(text);
                var result = await VerifyAsync(changed);
                Assert.True(changed == proof || result is DeviceProofResult.Invalid);
            },
            iter: 500);
    }

    [Fact]
    public async Task Every_truncation_is_refused()
    {
        var proof = phone.Jws(Header(phone), Claims(phone));
        for (var length = 0; length < proof.Length; length += 7)
        {
            Assert.IsType<DeviceProofResult.Invalid>(await VerifyAsync(proof[..length]));
        }
    }

    private static DeviceProof Valid(DeviceProofResult result) => Assert.IsType<DeviceProofResult.Valid>(result).Proof;

    private static void Refused(string reason, DeviceProofResult result) =>
        Assert.Equal(reason, Assert.IsType<DeviceProofResult.Invalid>(result).Reason);

    private static JsonObject Header(Signer signer) =>
        new() { ["typ"] = "dpop+jwt", ["alg"] = signer.PublicKey.Algorithm, ["jwk"] = signer.Jwk };

    private static string Hash(string body) => StrictBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(body)));

    private JsonObject Claims(Signer signer, params (string Name, JsonNode Value)[] others)
    {
        var claims = new JsonObject
        {
            ["jti"] = "0123456789abcdef",
            ["htm"] = "PUT",
            ["htu"] = "https://api.example.com/api/mobile/device/push-handle",
            ["iat"] = time.GetUtcNow().ToUnixTimeSeconds(),
            ["bh"] = Hash(Body),
            ["tenant"] = "contoso",
            ["user"] = "user-1",
            ["device"] = signer.DeviceId,
        };
        foreach (var (name, value) in others)
        {
            claims[name] = value;
        }

        return claims;
    }

    private static HttpRequest Request(string proof, string body = Body)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "PUT";
        request.Scheme = "http";
        request.Host = new HostString("127.0.0.1", 7071);
        request.Path = "/api/mobile/device/push-handle";
        request.QueryString = new QueryString("?any=1");
        request.Headers[DeviceProofs.HeaderName] = proof;
        request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        return request;
    }

    private async Task<DeviceProofResult> VerifyAsync(string proof, string body = Body) =>
        await proofs.VerifyAsync(Request(proof, body), TestContext.Current.CancellationToken);
}
