using System.Buffers.Text;
using System.Text;
using BlokSec.Functions.Security;
using CsCheck;

namespace BlokSec.Functions.Tests.Security;

public sealed class JsonWebKeysTests
{
    private const string X = "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns";
    private const string Y = "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM";
    private const string Ed = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    [Fact]
    public void The_thumbprint_of_RFC_8037_comes_out()
    {
        // RFC 8037, appendix A.3
        Assert.True(JsonWebKeys.TryParse($$"""{"kty":"OKP","crv":"Ed25519","x":"{{Ed}}"}""", out var key));
        Assert.Equal("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", key.Thumbprint);
    }

    [Fact]
    public void The_signature_of_RFC_8037_verifies()
    {
        // RFC 8037, appendix A.4
        Assert.True(JsonWebKeys.TryParse($$"""{"kty":"OKP","crv":"Ed25519","x":"{{Ed}}"}""", out var key));
        var signature = Base64Url.DecodeFromChars(
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        Assert.True(key.Verify("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8, signature));
    }

    [Fact]
    public void The_signature_of_RFC_7515_verifies()
    {
        // RFC 7515, appendix A.3
        Assert.True(JsonWebKeys.TryParse(
            """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}""",
            out var key));
        var signature = Base64Url.DecodeFromChars(
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        Assert.True(key.Verify(
            Encoding.ASCII.GetBytes(
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"),
            signature));
    }

    [Fact]
    public void The_thumbprint_is_that_of_the_members_in_lexical_order()
    {
        // RFC 7638, section 3.2; the order in which members arrive is of no account.
        Assert.True(JsonWebKeys.TryParse($$""" {"y":"{{Y}}", "x":"{{X}}", "kty":"EC", "crv":"P-256"} """, out var key));
        Assert.Equal($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""", key.JsonWebKey);
        Assert.Equal(
            Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes(key.JsonWebKey))),
            key.Thumbprint);
        Assert.Equal(43, key.Thumbprint.Length);
    }

    [Fact]
    public void Every_key_comes_back_from_its_JWK() => Gen.Bool.Sample(
        ofP256 =>
        {
            using var signer = Signer.Of(ofP256);
            Assert.True(JsonWebKeys.TryParse(signer.PublicKey.JsonWebKey, out var key));
            Assert.Equal(signer.PublicKey.Thumbprint, key.Thumbprint);
            Assert.Equal(signer.PublicKey.GetType(), key.GetType());
        },
        iter: 100);

    [Theory]
    [InlineData("a private key", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","d":"gPh-VvVS8MbvKQ9LSVVmfnxnKjHn4Tqj0bmbpehRlpc"}""")]
    [InlineData("a private key of Ed25519", $$"""{"kty":"OKP","crv":"Ed25519","x":"{{Ed}}","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}""")]
    [InlineData("another member", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","use":"sig"}""")]
    [InlineData("no y", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}"}""")]
    [InlineData("null for y", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":null}""")]
    [InlineData("a y too many", $$"""{"kty":"OKP","crv":"Ed25519","x":"{{Ed}}","y":"{{Y}}"}""")]
    [InlineData("a member twice", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","x":"{{X}}"}""")]
    [InlineData("a member twice, once escaped", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{Y}}","\u0078":"{{X}}"}""")]
    [InlineData("another curve", $$"""{"kty":"EC","crv":"secp256k1","x":"{{X}}","y":"{{Y}}"}""")]
    [InlineData("another type", $$"""{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("a symmetric key", $$"""{"kty":"oct","k":"{{X}}"}""")]
    [InlineData("X25519", $$"""{"kty":"OKP","crv":"X25519","x":"{{Ed}}"}""")]
    [InlineData("a point off the curve", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}","y":"{{X}}"}""")]
    [InlineData("the point at infinity", """{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("padding", $$"""{"kty":"EC","crv":"P-256","x":"{{X}}=","y":"{{Y}}"}""")]
    [InlineData("standard base64", $$"""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("other unused bits", $$"""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"}""")]
    [InlineData("white space", $$"""{"kty":"OKP","crv":"Ed25519","x":" {{Ed}}"}""")]
    [InlineData("a short coordinate", """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"}""")]
    [InlineData("a number", """{"kty":"OKP","crv":"Ed25519","x":1}""")]
    [InlineData("other case", $$"""{"Kty":"OKP","Crv":"Ed25519","X":"{{Ed}}"}""")]
    [InlineData("half a surrogate", """{"kty":"OKP","crv":"Ed25519","x":"\ud800"}""")]
    [InlineData("a comment", $$"""{"kty":"OKP","crv":"Ed25519","x":"{{Ed}}"/**/}""")]
    [InlineData("something behind it", $$"""{"kty":"OKP","crv":"Ed25519","x":"{{Ed}}"}{}""")]
    [InlineData("an array", "[]")]
    [InlineData("null", "null")]
    [InlineData("nothing", "")]
    [InlineData("no text", null)]
    public void Anything_else_is_refused(string what, string? json) => Assert.False(JsonWebKeys.TryParse(json, out _), what);

    [Fact]
    public void No_text_makes_it_throw() => Gen.String.Sample(text => Assert.False(JsonWebKeys.TryParse(text, out _)));
}
