using System.Text.Json.Nodes;
using BlokSec.Local.Phones.Keys;
using CsCheck;

namespace BlokSec.Local.Tests.Phones;

public sealed class CompactJwsTests
{
    private static readonly PhoneKey[] Keys = [PhoneKey.Create(KeyKind.P256), PhoneKey.Create(KeyKind.Ed25519)];

    private static readonly Gen<(PhoneKey Key, string Name, string Text, long Number)> Claims =
        Gen.Select(Gen.Int[0, Keys.Length - 1].Select(index => Keys[index]), Gen.String[Gen.Char.AlphaNumeric, 1, 10], Gen.String, Gen.Long);

    [Fact]
    public void What_was_signed_is_read_again_and_verifies() => Claims.Sample(claims =>
    {
        var jws = Sign(claims.Key, claims.Name, claims.Text, claims.Number);

        Assert.True(CompactJws.TryParse(jws, out var read));
        Assert.True(read.IsSignedBy(claims.Key.Public));
        Assert.Equal(claims.Text, read.ClaimText("t" + claims.Name));
        Assert.Equal(claims.Number, read.ClaimNumber("n" + claims.Name));
    });

    [Fact]
    public void A_changed_signature_or_payload_does_not_verify() => Gen.Select(Claims, Gen.Int[0, 10_000]).Sample((claims, place) =>
    {
        var jws = Sign(claims.Key, claims.Name, claims.Text, claims.Number).ToCharArray();
        var at = place % jws.Length;
        var bit = jws[at] == 'A' ? 'B' : 'A';
        // The last character of a part may carry bits that are not used
        if (jws[at] == '.' || at == jws.Length - 1 || jws[at + 1] == '.')
        {
            return;
        }

        jws[at] = bit;

        Assert.False(CompactJws.TryParse(new string(jws), out var read) && read.IsSignedBy(claims.Key.Public));
    });

    [Fact]
    public void Any_text_is_read_or_refused_without_an_exception() =>
        Gen.OneOf(Gen.String, Gen.Select(Gen.String, Gen.String, Gen.String, (a, b, c) => $"{a}.{b}.{c}"))
            .Sample(text => CompactJws.TryParse(text, out var jws) || jws is null);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("e30.e30")]
    [InlineData("e30.e30.AA.AA")]
    [InlineData("W10.e30.AA")]
    [InlineData("e30.W10.AA")]
    [InlineData("e30=.e30.A+")]
    [InlineData("eyJhIjoxLCJhIjoyfQ.e30.AA")]
    public void What_is_no_JWS_of_two_objects_is_refused(string text) => Assert.False(CompactJws.TryParse(text, out _));

    private static string Sign(PhoneKey key, string name, string text, long number) => CompactJws.Sign(
        new JsonObject { ["alg"] = key.Algorithm },
        new JsonObject { ["t" + name] = text, ["n" + name] = number },
        key);
}
