using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using BlokSec.Functions.Security;
using CsCheck;
using static BlokSec.Functions.Tests.Security.ProofCheck;

namespace BlokSec.Functions.Tests.Security;

/// <summary>How a proof is signed and spelled.</summary>
public sealed class DeviceProofFormTests : IDisposable
{
    private readonly ProofCheck check = new();

    public void Dispose() => check.Dispose();

    [Fact]
    public async Task A_signature_by_another_key_is_refused()
    {
        using var victim = Signer.P256();
        Refused(ProofFaults.SignatureWrong, await check.VerifyAsync(check.Phone.Jws(Header(victim), check.Claims(victim))));
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
        var header = check.Header();
        header["alg"] = alg;
        Refused(ProofFaults.SignatureWrong, await check.VerifyAsync(check.Phone.Jws(header, check.Claims())));
    }

    [Fact]
    public async Task No_signature_is_no_proof()
    {
        var header = check.Header();
        header["alg"] = "none";
        var unsigned = Signer.Encode(header) + "." + Signer.Encode(check.Claims()) + ".";
        Refused(ProofFaults.SignatureWrong, await check.VerifyAsync(unsigned));
        Refused(ProofFaults.Malformed, await check.VerifyAsync(unsigned.TrimEnd('.')));
    }

    [Fact]
    public async Task A_public_key_is_not_a_secret()
    {
        var header = check.Header();
        header["alg"] = "HS256";
        var signingInput = Signer.Encode(header) + "." + Signer.Encode(check.Claims());
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(check.Phone.PublicKey.JsonWebKey), Encoding.ASCII.GetBytes(signingInput));
        Refused(ProofFaults.SignatureWrong, await check.VerifyAsync(signingInput + "." + StrictBase64Url.Encode(mac)));
    }

    [Fact]
    public async Task A_signature_in_DER_is_refused()
    {
        var signingInput = Signer.Encode(check.Header()) + "." + Signer.Encode(check.Claims());
        Refused(
            ProofFaults.SignatureWrong,
            await check.VerifyAsync(signingInput + "." + StrictBase64Url.Encode(check.Phone.SignAsDer(signingInput))));
    }

    [Fact]
    public async Task Both_forms_of_s_hold_and_are_one_proof()
    {
        // ECDSA signatures are malleable: a proof is remembered by its jti, never by its bytes.
        var n = new System.Numerics.BigInteger(
            Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);
        var signingInput = Signer.Encode(check.Header()) + "." + Signer.Encode(check.Claims());
        var signature = check.Phone.Sign(signingInput);
        var s = (n - new System.Numerics.BigInteger(signature.AsSpan(32), true, true)).ToByteArray(true, true);
        byte[] other = [.. signature[..32], .. new byte[32 - s.Length], .. s];

        var first = Valid(await check.VerifyAsync(signingInput + "." + StrictBase64Url.Encode(signature)));
        var second = Valid(await check.VerifyAsync(signingInput + "." + StrictBase64Url.Encode(other)));
        Assert.Equal(first with { Text = "" }, second with { Text = "" });
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
        var header = check.Header();
        header[member] = JsonNode.Parse(value);
        Refused(ProofFaults.Malformed, await check.VerifyAsync(check.Phone.Jws(header, check.Claims())));
    }

    [Fact]
    public async Task A_private_key_in_the_header_is_refused()
    {
        var header = check.Header();
        header["jwk"]!["d"] = "gPh-VvVS8MbvKQ9LSVVmfnxnKjHn4Tqj0bmbpehRlpc";
        Refused(ProofFaults.Malformed, await check.VerifyAsync(check.Phone.Jws(header, check.Claims())));
    }

    [Fact]
    public async Task Members_that_come_twice_are_refused()
    {
        var (header, claims) = (check.Header().ToJsonString(), check.Claims().ToJsonString());
        var twoTenants = claims.Replace("{", """{"tenant":"fabrikam",""", StringComparison.Ordinal);
        Refused(ProofFaults.Malformed, await check.VerifyAsync(check.Phone.Jws(header, twoTenants)));
        var twoAlgorithms = header[..^1] + ""","alg":"none"}""";
        Refused(ProofFaults.Malformed, await check.VerifyAsync(check.Phone.Jws(twoAlgorithms, claims)));
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
        var claims = check.Claims().ToJsonString();
        Assert.Contains(part, claims, StringComparison.Ordinal);
        Refused(
            ProofFaults.Malformed,
            await check.VerifyAsync(check.Phone.Jws(check.Header().ToJsonString(), claims.Replace(part, other, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Padding_white_space_and_further_parts_are_refused()
    {
        var proof = check.Proof();
        foreach (var other in new[] { proof + "=", proof + " ", " " + proof, proof + ".", "." + proof, proof + ".AAAA", proof + "\n" })
        {
            Refused(ProofFaults.Malformed, await check.VerifyAsync(other));
        }
    }

    [Fact]
    public async Task A_very_long_proof_is_refused() =>
        Refused(ProofFaults.Malformed, await check.VerifyAsync(check.Proof(("jti", new string('j', 4_096)))));

    [Fact]
    public async Task Any_change_of_one_character_is_refused()
    {
        var proof = check.Proof();
        await Gen.Select(Gen.Int[0, proof.Length - 1], Gen.Char).SampleAsync(
            async (position, replacement) =>
            {
                var text = proof.ToCharArray();
                text[position] = replacement;
                var changed = new string(text);
                var result = await check.VerifyAsync(changed);
                Assert.True(changed == proof || result is DeviceProofResult.Invalid);
            },
            iter: 500);
    }

    [Fact]
    public async Task Every_truncation_is_refused()
    {
        var proof = check.Proof();
        for (var length = 0; length < proof.Length; length += 7)
        {
            Assert.IsType<DeviceProofResult.Invalid>(await check.VerifyAsync(proof[..length]));
        }
    }
}
