using System.Security.Cryptography;
using BlokSec.Functions.Security;
using CsCheck;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Security;

public sealed class ClaimCodesTests
{
    private static readonly string Key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private readonly ClaimCodes codes = Create(Key);

    [Fact]
    public void I8_a_code_has_160_bits_and_can_be_shown_again()
    {
        var code = codes.Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3);
        Assert.Matches("^[A-Za-z0-9_-]{27}$", code);
        Assert.Equal(code, Create(Key).Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3));
        Assert.True(codes.Matches(code!, codes.CurrentKeyId, "contoso", "user", "claim", 3));
    }

    [Fact]
    public void Any_other_claim_has_another_code() => Gen.Select(Names, Names).Sample((one, other) =>
        Assert.Equal(
            one == other,
            codes.Matches(
                codes.Derive(codes.CurrentKeyId, one.Item1, one.Item2, one.Item3, one.Item4)!,
                codes.CurrentKeyId, other.Item1, other.Item2, other.Item3, other.Item4)));

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_guess_does_not_match(string guess) =>
        Assert.False(codes.Matches(guess, codes.CurrentKeyId, "contoso", "user", "claim", 3));

    [Fact]
    public void A_new_key_leaves_open_claims_alone()
    {
        var old = codes.Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3);
        var rotated = Create(Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)), Key);

        Assert.NotEqual(codes.CurrentKeyId, rotated.CurrentKeyId);
        Assert.True(rotated.Matches(old!, codes.CurrentKeyId, "contoso", "user", "claim", 3));
        Assert.False(rotated.Matches(old!, rotated.CurrentKeyId, "contoso", "user", "claim", 3));
    }

    [Fact]
    public void A_claim_of_a_key_that_is_gone_matches_nothing()
    {
        var rotated = Create(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        Assert.Null(rotated.Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3));
        Assert.False(rotated.Matches("", codes.CurrentKeyId, "contoso", "user", "claim", 3));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("short", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true)]
    public void A_key_that_is_too_short_is_refused_at_start(string key, bool good) =>
        Assert.Equal(good, new ClaimCodeOptions.Validator().Validate(null, new ClaimCodeOptions { Key = key }).Succeeded);

    // Few and short names, so that parts that run into each other would meet.
    private static Gen<(string, string, string, long)> Names
    {
        get
        {
            var name = Gen.OneOf(new string[] { "", "a", "b", "ab", "ba", "aba" }.Select(Gen.Const).ToArray());
            return Gen.Select(name, name, name, Gen.Long[0, 2]);
        }
    }

    private static ClaimCodes Create(string key, params string[] previous)
    {
        var options = new ClaimCodeOptions { Key = key };
        options.PreviousKeys.AddRange(previous);
        return new ClaimCodes(Options.Create(options));
    }
}
