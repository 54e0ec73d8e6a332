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
    public void I8_a_code_has_240_bits_and_can_be_shown_again()
    {
        var code = Code("claim");
        Assert.Matches("^[A-Za-z0-9_-]{40}$", code);
        Assert.Equal(code, Create(Key).Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3));
        Assert.Equal(ClaimCodeMatch.Current, codes.Match(code, "contoso", "user", code));
    }

    [Fact]
    public void I8_a_code_of_an_earlier_claim_of_the_user_is_told_from_an_invented_one()
    {
        var (old, current) = (Code("old"), Code("current"));
        Assert.Equal(ClaimCodeMatch.Replaced, codes.Match(old, "contoso", "user", current));
        Assert.Equal(ClaimCodeMatch.Replaced, codes.Match(old, "contoso", "user", null));
        Assert.Equal(ClaimCodeMatch.None, codes.Match(old, "contoso", "another", current));
        Assert.Equal(ClaimCodeMatch.None, codes.Match(old, "fabrikam", "user", current));
        Assert.Equal(ClaimCodeMatch.Replaced, Create(NewKey(), Key).Match(old, "contoso", "user", null));
        Assert.Equal(ClaimCodeMatch.None, Create(NewKey()).Match(old, "contoso", "user", null));
    }

    [Fact]
    public void I8_only_who_knows_how_the_code_begins_is_said_to_know_a_part_of_it()
    {
        var code = Code("claim");
        for (var place = 0; place < code.Length; place++)
        {
            var changed = code[..place] + (code[place] == 'A' ? 'B' : 'A') + code[(place + 1)..];
            Assert.Equal(place < 12 ? ClaimCodeMatch.None : ClaimCodeMatch.Beginning, codes.Match(changed, "contoso", "user", code));
            Assert.Equal(place < 12 ? ClaimCodeMatch.None : ClaimCodeMatch.Beginning, codes.Match(code[..place], "contoso", "user", code));
        }

        Assert.Equal(ClaimCodeMatch.Beginning, codes.Match(code + "A", "contoso", "user", code));
        Assert.Equal(ClaimCodeMatch.None, codes.Match(Code("old")[..12] + code[12..], "contoso", "user", code));
    }

    [Fact]
    public void Any_other_claim_has_another_code() => Gen.Select(Names, Names).Sample((one, other) => Assert.Equal(
        one == other,
        codes.Derive(codes.CurrentKeyId, one.Item1, one.Item2, one.Item3, one.Item4)
        == codes.Derive(codes.CurrentKeyId, other.Item1, other.Item2, other.Item3, other.Item4)));

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("\u00e9\ud800\u0000")]
    public void An_invented_code_is_worth_nothing(string guess)
    {
        Assert.Equal(ClaimCodeMatch.None, codes.Match(guess, "contoso", "user", Code("claim")));
        Assert.Equal(ClaimCodeMatch.None, codes.Match(guess, "contoso", "user", null));
    }

    [Fact]
    public void A_new_key_leaves_open_claims_alone()
    {
        var old = Code("claim");
        var rotated = Create(NewKey(), Key);

        Assert.NotEqual(codes.CurrentKeyId, rotated.CurrentKeyId);
        Assert.Equal(old, rotated.Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3));
        Assert.NotEqual(old, rotated.Derive(rotated.CurrentKeyId, "contoso", "user", "claim", 3));
    }

    [Fact]
    public void A_claim_of_a_key_that_is_gone_has_no_code() =>
        Assert.Null(Create(NewKey()).Derive(codes.CurrentKeyId, "contoso", "user", "claim", 3));

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

    private string Code(string claimId) => codes.Derive(codes.CurrentKeyId, "contoso", "user", claimId, 3)!;

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));

    private static ClaimCodes Create(string key, params string[] previous)
    {
        var options = new ClaimCodeOptions { Key = key };
        options.PreviousKeys.AddRange(previous);
        return new ClaimCodes(Options.Create(options));
    }
}
