using System.Numerics;
using BlokSec.Functions.Security;
using CsCheck;
using SimpleBase;

namespace BlokSec.Functions.Tests.Security;

public sealed class DidKeyTests
{
    private const string P256Did = "did:key:zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv";

    // w3c-ccg/did-method-key, test-vectors/nist-curves.json
    [Theory]
    [InlineData(P256Did, "igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns", "efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM")]
    [InlineData("did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169", "fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI", "hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU")]
    public void The_P256_vectors_of_the_method_are_read(string did, string x, string y)
    {
        Assert.True(DidKey.TryParse(did, out var key));
        Assert.Equal($$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""", key.JsonWebKey);
        Assert.Equal(did, DidKey.Format(key));
    }

    // The example of https://w3c-ccg.github.io/did-key-spec/#ed25519-x25519
    [Fact]
    public void The_Ed25519_key_of_the_document_is_read()
    {
        Assert.True(DidKey.TryParse("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", out var key));
        Assert.Equal("""{"crv":"Ed25519","kty":"OKP","x":"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik"}""", key.JsonWebKey);
    }

    // w3c-ccg/did-method-key, test-vectors/ed25519-x25519.json
    [Theory]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", "4zvwRjXUKGfvwnParsHAS3HuSVzV5cA4McphgmoCtajS")]
    [InlineData("did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG", "6ASf5EcmmEHTgDJ4X4ZT5vT6iHVJBXPg5AN5YoTCpGWt")]
    [InlineData("did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf", "8pM1DN3RiT8vbom5u1sNryaNT1nyL8CTTW3b5PwWXRBH")]
    [InlineData("did:key:z6MkvqoYXQfDDJRv8L4wKzxYeuKyVZBfi9Qo6Ro8MiLH3kDQ", "HPYVwAQmskwT1qEEeRzhoomyfyupJGASQQtCXSNG8XS2")]
    public void The_Ed25519_vectors_of_the_method_are_read(string did, string publicKeyBase58)
    {
        Assert.True(DidKey.TryParse(did, out var key));
        Assert.Equal(Base58.Bitcoin.Decode(publicKeyBase58), Assert.IsType<Ed25519PublicKey>(key).Point.ToArray());
        Assert.Equal(did, DidKey.Format(key));
    }

    [Theory]
    [InlineData(P256Did, """{"y":"efsX5b10x8yjyrj4ny3pGfLcY7Xby1KzgqOdqnsrJIM", "kty":"EC", "x":"igrFmi0whuihKnj9R3Om1SoMph72wUGeFaBbzG2vzns", "crv":"P-256"}""")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp", """{"x":"O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik","crv":"Ed25519","kty":"OKP"}""")]
    public void A_key_is_the_same_as_a_DID_and_as_a_JWK_however_it_is_spelled(string did, string jwk)
    {
        Assert.True(DidKey.TryParse(did, out var ofDid));
        Assert.True(JsonWebKeys.TryParse(jwk, out var ofJwk));
        Assert.Equal(ofDid.Thumbprint, ofJwk.Thumbprint);
    }

    [Fact]
    public void Every_key_comes_back_from_its_DID() => Gen.Bool.Sample(
        ofP256 =>
        {
            using var signer = Signer.Of(ofP256);
            Assert.True(DidKey.TryParse(signer.Did, out var key));
            Assert.Equal(signer.PublicKey.JsonWebKey, key.JsonWebKey);
            Assert.True(key.Verify("text"u8, signer.Sign("text")));
            Assert.False(key.Verify("other"u8, signer.Sign("text")));
        },
        iter: 200);

    [Fact]
    public void No_text_is_read_except_in_its_one_spelling() => Gen.Select(
            Gen.Int[0, P256Did.Length - 1], Gen.Char)
        .Sample((position, replacement) =>
        {
            var text = P256Did.ToCharArray();
            text[position] = replacement;
            var did = new string(text);
            Assert.True(!DidKey.TryParse(did, out var key) || DidKey.Format(key) == did);
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("did:key:")]
    [InlineData("did:key:z")]
    [InlineData("did:key:Z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")]
    [InlineData("DID:KEY:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")]
    [InlineData("did:web:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp#key-1")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp?v=1")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp/p")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp ")]
    [InlineData(" did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")]
    [InlineData("did:key:z16MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW\u00fc")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW\ud800")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW\uffff")]
    [InlineData("did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW\0")]
    public void Anything_else_is_refused(string? did) => Assert.False(DidKey.TryParse(did, out _));

    // The examples of https://w3c-ccg.github.io/did-key-spec/#test-vectors
    [Theory]
    [InlineData("X25519", "did:key:z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW")]
    [InlineData("X25519", "did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F")]
    [InlineData("secp256k1", "did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme")]
    [InlineData("secp256k1", "did:key:zQ3shtxV1FrJfhqE1dvxYRcCknWNjHc3c5X1y3ZSoPDi2aur2")]
    [InlineData("BLS 12-381", "did:key:zUC7K4ndUaGZgV7Cp2yJy6JtMoUHY6u7tkcSYUvPrEidqBmLCTLmi6d5WvwnUqejscAkERJ3bfjEiSYtdPkRSE8kSa11hFBr4sTgnbZ95SJj19PN2jdvJjyzpSZgxkyyxNnBNnY")]
    [InlineData("P-384", "did:key:z82Lm1MpAkeJcix9K8TMiLd5NMAhnwkjjCBeWHXyu3U4oT2MVJJKXkcVBgjGhnLBn2Kaau9")]
    [InlineData("P-384", "did:key:z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54")]
    public void The_other_keys_of_the_document_are_refused(string kind, string did) => Assert.False(DidKey.TryParse(did, out _), kind);

    [Fact]
    public void Very_long_input_is_refused_at_once() => Assert.False(DidKey.TryParse("did:key:z" + new string('2', 10_000_000), out _));

    [Fact]
    public void A_point_that_is_not_on_the_curve_is_refused()
    {
        // Half of all x have no y.
        var refused = Enumerable.Range(1, 100)
            .Select(x => (byte[])[0x80, 0x24, 0x02, .. new byte[31], (byte)x])
            .Count(bytes => !DidKey.TryParse("did:key:z" + Base58.Bitcoin.Encode(bytes), out _));
        Assert.InRange(refused, 20, 80);
    }

    [Theory]
    [InlineData(0x04)]
    [InlineData(0x00)]
    [InlineData(0x05)]
    public void A_point_in_another_form_is_refused(byte form)
    {
        Assert.True(DidKey.TryParse(P256Did, out var key));
        var point = ((P256PublicKey)key).Compress();
        point[0] = form;
        Assert.False(DidKey.TryParse("did:key:z" + Base58.Bitcoin.Encode([0x80, 0x24, .. point]), out _));
    }

    [Fact]
    public void An_uncompressed_or_short_or_long_point_is_refused()
    {
        using var signer = Signer.P256();
        var compressed = ((P256PublicKey)signer.PublicKey).Compress();
        foreach (var point in new byte[][] { compressed[..^1], [.. compressed, 0], [], [0x04, .. new byte[64]] })
        {
            Assert.False(DidKey.TryParse("did:key:z" + Base58.Bitcoin.Encode([0x80, 0x24, .. point]), out _));
        }
    }

    [Fact]
    public void Coordinates_beyond_the_prime_are_refused()
    {
        var p = (BigInteger.Pow(2, 255) - 19).ToByteArray(isUnsigned: true);
        Assert.False(Ed25519PublicKey.TryCreate(p, out _));
        Assert.False(P256PublicKey.TryDecompress([0x02, .. Enumerable.Repeat((byte)0xFF, 32)], out _));
    }
}
