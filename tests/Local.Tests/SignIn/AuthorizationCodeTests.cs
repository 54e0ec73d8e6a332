using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BlokSec.Local.Tests.SignIn;

public sealed class AuthorizationCodeTests : IAsyncLifetime
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private SignInCaller signIn = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => signIn = await SignInCaller.StartAsync();

    public ValueTask DisposeAsync() => signIn.DisposeAsync();

    [Fact]
    public async Task The_sign_in_page_lists_the_administrators_and_needs_no_script()
    {
        var answer = await signIn.Http.GetAsync(AuthorizeAddress(("state", "\"><script>alert(1)</script>")), CancellationToken);
        var page = await answer.Content.ReadAsStringAsync(CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Alice Adams", page, StringComparison.Ordinal);
        Assert.Contains("laptop only", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_code_with_its_verifier_gives_tokens_once()
    {
        var code = await CodeAsync();
        var answer = await signIn.TokenAsync(Redemption(code));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var access = new JsonWebToken(body.GetProperty("access_token").GetString());
        Assert.Equal(["bloksec-api"], access.Audiences);
        Assert.Equal("contoso", access.GetClaim("tenant_id").Value);
        var identity = new JsonWebToken(body.GetProperty("id_token").GetString());
        Assert.Equal(["bloksec-admin-console"], identity.Audiences);
        Assert.Equal("n-1", identity.GetClaim("nonce").Value);
        Assert.Equal(["Users.Read", "Devices.Manage", "Users.Manage", "Applications.Manage", "Audit.Read", "Policies.Manage"], identity.GetPayloadValue<string[]>("roles"));
        Assert.False(body.TryGetProperty("refresh_token", out _));

        await signIn.AssertRefusedAsync("invalid_grant", Redemption(code));
    }

    [Fact]
    public async Task Another_verifier_or_address_or_client_is_refused()
    {
        await signIn.AssertRefusedAsync("invalid_grant", Redemption(await CodeAsync(), ("code_verifier", new string('v', 43))));
        await signIn.AssertRefusedAsync("invalid_grant", Redemption(await CodeAsync(), ("redirect_uri", SignInCaller.LoggedOut)));
        await signIn.AssertRefusedAsync("invalid_grant", Redemption(await CodeAsync(), ("client_id", "other")));
        var missing = Redemption(await CodeAsync());
        missing.Remove("code_verifier");
        await signIn.AssertRefusedAsync("invalid_request", missing);
    }

    [Theory]
    [InlineData("redirect_uri", "http://evil.example/")]
    [InlineData("redirect_uri", SignInCaller.Callback + "/")]
    [InlineData("client_id", "other")]
    public async Task Nobody_is_sent_to_an_unknown_address(string parameter, string value)
    {
        var answer = await signIn.Http.GetAsync(AuthorizeAddress((parameter, value)), CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task A_request_without_challenge_is_refused()
    {
        var answer = await signIn.Http.GetAsync(AuthorizeAddress(("code_challenge", ""), ("code_challenge_method", "")), CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_challenge_in_the_clear_is_refused()
    {
        var answer = await signIn.Http.GetAsync(
            AuthorizeAddress(("code_challenge", Verifier), ("code_challenge_method", "plain")), CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_silent_sign_in_is_told_to_ask()
    {
        var answer = await signIn.Http.GetAsync(AuthorizeAddress(("prompt", "none")), CancellationToken);
        Assert.Equal("login_required", QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["error"]);
    }

    [Fact]
    public async Task Signing_out_returns_to_the_console_and_nowhere_else()
    {
        var answer = await signIn.Http.GetAsync(
            $"/connect/logout?post_logout_redirect_uri={Uri.EscapeDataString(SignInCaller.LoggedOut)}&state=s-1", CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(SignInCaller.LoggedOut + "?state=s-1", answer.Headers.Location?.OriginalString);

        var other = await signIn.Http.GetAsync("/connect/logout?post_logout_redirect_uri=http%3A%2F%2Fevil.example", CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    private static string AuthorizeAddress(params (string Name, string Value)[] others) =>
        QueryHelpers.AddQueryString("/connect/authorize", AuthorizeParameters(others));

    private static Dictionary<string, string?> AuthorizeParameters(params (string Name, string Value)[] others)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = "bloksec-admin-console",
            ["redirect_uri"] = SignInCaller.Callback,
            ["response_type"] = "code",
            ["scope"] = "openid profile",
            ["state"] = "s-1",
            ["nonce"] = "n-1",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in others)
        {
            if (value.Length == 0)
            {
                parameters.Remove(name);
            }
            else
            {
                parameters[name] = value;
            }
        }

        return parameters;
    }

    private static Dictionary<string, string?> Redemption(string code, params (string Name, string Value)[] others)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = "bloksec-admin-console",
            ["redirect_uri"] = SignInCaller.Callback,
            ["code"] = code,
            ["code_verifier"] = Verifier,
        };
        foreach (var (name, value) in others)
        {
            parameters[name] = value;
        }

        return parameters;
    }

    private async Task<string> CodeAsync()
    {
        using var form = new FormUrlEncodedContent(AuthorizeParameters(("administrator", "alice@contoso.example")));
        var answer = await signIn.Http.PostAsync("/connect/authorize", form, CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(SignInCaller.Callback, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(answer.Headers.Location.Query);
        Assert.Equal("s-1", query["state"]);
        return query["code"].ToString();
    }
}
