using System.Security.Claims;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Tests.Security;

public sealed class AccessTokensTests
{
    private static readonly AuthOptions Default = new();

    private static readonly AuthOptions WithApps = new() { AppRole = "App.Access" };

    [Theory]
    [InlineData("scp", "access_as_user", true)]
    [InlineData("scope", "openid access_as_user", true)]
    [InlineData("scp", "access_as_user2", false)]
    [InlineData("scopes", "access_as_user", false)]
    [InlineData("roles", "access_as_user", false)]
    public void A_user_gives_the_scope(string claim, string value, bool isForApi) =>
        Assert.Equal(isForApi, AccessTokens.IsForApi(Token((claim, value)), Default));

    [Fact]
    public void An_app_that_acts_for_itself_needs_the_role_that_the_configuration_names()
    {
        var app = Token(("idtyp", "app"), ("roles", "App.Access"), ("roles", "Users.Read"));

        Assert.True(AccessTokens.IsForApi(app, WithApps));
        Assert.False(AccessTokens.IsForApi(app, Default));
        Assert.False(AccessTokens.IsForApi(Token(("idtyp", "app"), ("roles", "Users.Read")), WithApps));
    }

    [Fact]
    public void The_role_of_apps_is_worth_nothing_in_the_hands_of_a_user_or_in_an_ID_token()
    {
        Assert.False(AccessTokens.IsForApi(Token(("roles", "App.Access")), WithApps));
        Assert.False(AccessTokens.IsForApi(Token(("idtyp", "user"), ("roles", "App.Access")), WithApps));
        Assert.False(AccessTokens.IsForApi(Token(("idtyp", "app"), ("roles", "App.Access"), ("nonce", "n")), WithApps));
    }

    private static ClaimsPrincipal Token(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "Bearer"));
}
