using System.Globalization;
using System.Security.Claims;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Security;

public sealed class RecentSignInsTests
{
    private static readonly long Now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    [Theory]
    [InlineData("", "0", true)]
    [InlineData("c1", "0", false)]
    [InlineData("c1", "c1", true)]
    [InlineData("c1 c2", "c2", true)]
    [InlineData("c1", "C1", false)]
    [InlineData("c1", "c1 c2", false)]
    public void The_way_of_the_sign_in_is_one_of_those_configured(string acceptable, string acr, bool isGood) =>
        Assert.Equal(isGood, Has(new StepUpOptions { AcrValues = acceptable }, ("auth_time", Text(Now)), ("acr", acr)));

    [Fact]
    public void Microsoft_Entra_ID_lists_ways_in_a_claim_of_its_own() => Assert.True(Has(
        new StepUpOptions { AcrValues = "c1", AcrClaim = "acrs" }, ("auth_time", Text(Now)), ("acr", "1"), ("acrs", "p1"), ("acrs", "c1")));

    [Fact]
    public void Zero_minutes_ask_for_nothing() => Assert.True(Has(new StepUpOptions { MaxAgeMinutes = 0 }));

    [Fact]
    public void A_way_is_asked_for_also_when_the_time_is_not() => Assert.False(Has(new StepUpOptions { MaxAgeMinutes = 0, AcrValues = "c1" }));

    [Fact]
    public void An_app_that_acts_for_itself_has_nobody_who_could_sign_in() =>
        Assert.True(Has(new StepUpOptions { AcrValues = "c1" }, ("idtyp", "app")));

    [Fact]
    public void A_user_signed_in_when_the_token_says_so_and_not_when_it_was_made() =>
        Assert.False(Has(new StepUpOptions(), ("scp", "access_as_user"), ("idtyp", "app"), ("iat", Text(Now))));

    [Theory]
    [InlineData("c1", true)]
    [InlineData("urn:mace:incommon:iap:silver c2", true)]
    [InlineData("", true)]
    [InlineData("a\" , evil=\"", false)]
    [InlineData("a  b", false)]
    [InlineData("a\r\nSet-Cookie: x", false)]
    public void A_setting_that_would_break_the_challenge_is_refused_at_start(string values, bool isGood) => Assert.Equal(
        isGood, new StepUpOptions.Validator().Validate(name: null, new StepUpOptions { AcrValues = values }).Succeeded);

    private static string Text(long seconds) => seconds.ToString(CultureInfo.InvariantCulture);

    private static bool Has(StepUpOptions options, params (string Type, string Value)[] claims) =>
        new RecentSignIns(Options.Create(options)).Has(
            new ClaimsPrincipal(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "test")));
}
