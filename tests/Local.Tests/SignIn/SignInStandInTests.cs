using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.SignIn;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BlokSec.Local.Tests.SignIn;

public sealed class SignInStandInTests : IAsyncLifetime
{
    private const string Callback = "http://localhost:5020/authentication/login-callback";
    private const string LoggedOut = "http://localhost:5020/authentication/logout-callback";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly Traffic traffic = new();
    private SignInStandIn signIn = null!;
    private HttpClient client = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        signIn = await SignInStandIn.StartAsync(
            new SignInStandInOptions { RedirectUris = [new Uri(Callback), new Uri(LoggedOut)], Origins = ["http://localhost:5020"] }, traffic);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = signIn.Address };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await signIn.DisposeAsync();
    }

    [Fact]
    public async Task Discovery_tells_where_everything_is()
    {
        var metadata = await client.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration", CancellationToken);
        Assert.Equal(signIn.Address.AbsoluteUri, metadata.GetProperty("issuer").GetString());
        Assert.Equal(["S256"], metadata.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(value => value.GetString()));
        foreach (var member in new[] { "authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint", "userinfo_endpoint" })
        {
            Assert.StartsWith(signIn.Address.AbsoluteUri, metadata.GetProperty(member).GetString(), StringComparison.Ordinal);
        }

        var keys = await client.GetFromJsonAsync<JsonElement>(metadata.GetProperty("jwks_uri").GetString(), CancellationToken);
        var key = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.Equal("ES256", key.GetProperty("alg").GetString());
        Assert.False(key.TryGetProperty("d", out _));
        Assert.Equal(["discovery", "jwks"], traffic.Seen.Select(request => request.Operation));
    }

    [Fact]
    public async Task The_password_grant_gives_an_administrators_token()
    {
        var token = new JsonWebToken(await PasswordTokenAsync("alice@contoso.example"));
        Assert.Equal(signIn.Address.AbsoluteUri, token.Issuer);
        Assert.Equal(["bloksec-api"], token.Audiences);
        Assert.Equal("alice@contoso.example", token.Subject);
        Assert.Equal("Alice Adams", token.GetClaim("name").Value);
        Assert.Equal("contoso", token.GetClaim("tenant_id").Value);
        Assert.Equal(["Users.Read", "Devices.Manage"], token.GetPayloadValue<string[]>("roles"));
        Assert.Equal("ES256", token.Alg);
        Assert.True(token.ValidTo > token.IssuedAt);
    }

    [Fact]
    public async Task One_role_is_an_array_and_none_is_no_claim()
    {
        var reader = new JsonWebToken(await PasswordTokenAsync("rita@fabrikam.example"));
        Assert.Equal(JsonValueKind.Array, reader.GetPayloadValue<JsonElement>("roles").ValueKind);
        Assert.Equal("fabrikam", reader.GetClaim("tenant_id").Value);
        Assert.False(new JsonWebToken(await PasswordTokenAsync("nora@contoso.example")).TryGetClaim("roles", out _));
    }

    [Theory]
    [InlineData("alice@contoso.example", "wrong")]
    [InlineData("nobody@contoso.example", "local")]
    public async Task Who_is_not_known_gets_no_token(string username, string password) =>
        await AssertRefusedAsync("invalid_grant", new() { ["grant_type"] = "password", ["username"] = username, ["password"] = password });

    [Fact]
    public async Task The_sign_in_page_lists_the_administrators_and_needs_no_script()
    {
        var answer = await client.GetAsync(AuthorizeAddress(("state", "\"><script>alert(1)</script>")), CancellationToken);
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
        var answer = await TokenAsync(Redemption(code));
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var access = new JsonWebToken(body.GetProperty("access_token").GetString());
        Assert.Equal(["bloksec-api"], access.Audiences);
        Assert.Equal("contoso", access.GetClaim("tenant_id").Value);
        var identity = new JsonWebToken(body.GetProperty("id_token").GetString());
        Assert.Equal(["bloksec-admin-console"], identity.Audiences);
        Assert.Equal("n-1", identity.GetClaim("nonce").Value);
        Assert.Equal(["Users.Read", "Devices.Manage"], identity.GetPayloadValue<string[]>("roles"));
        Assert.False(body.TryGetProperty("refresh_token", out _));

        await AssertRefusedAsync("invalid_grant", Redemption(code));
    }

    [Fact]
    public async Task Another_verifier_or_address_or_client_is_refused()
    {
        await AssertRefusedAsync("invalid_grant", Redemption(await CodeAsync(), ("code_verifier", new string('v', 43))));
        await AssertRefusedAsync("invalid_grant", Redemption(await CodeAsync(), ("redirect_uri", LoggedOut)));
        await AssertRefusedAsync("invalid_grant", Redemption(await CodeAsync(), ("client_id", "other")));
        var missing = Redemption(await CodeAsync());
        missing.Remove("code_verifier");
        await AssertRefusedAsync("invalid_request", missing);
    }

    [Theory]
    [InlineData("redirect_uri", "http://evil.example/")]
    [InlineData("redirect_uri", Callback + "/")]
    [InlineData("client_id", "other")]
    public async Task Nobody_is_sent_to_an_unknown_address(string parameter, string value)
    {
        var answer = await client.GetAsync(AuthorizeAddress((parameter, value)), CancellationToken);
        Assert.InRange((int)answer.StatusCode, 400, 499);
        Assert.Null(answer.Headers.Location);
    }

    [Fact]
    public async Task A_request_without_challenge_is_refused()
    {
        var answer = await client.GetAsync(AuthorizeAddress(("code_challenge", ""), ("code_challenge_method", "")), CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_challenge_in_the_clear_is_refused()
    {
        var answer = await client.GetAsync(
            AuthorizeAddress(("code_challenge", Verifier), ("code_challenge_method", "plain")), CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_silent_sign_in_is_told_to_ask()
    {
        var answer = await client.GetAsync(AuthorizeAddress(("prompt", "none")), CancellationToken);
        Assert.Equal("login_required", QueryHelpers.ParseQuery(answer.Headers.Location!.Query)["error"]);
    }

    [Fact]
    public async Task Signing_out_returns_to_the_console_and_nowhere_else()
    {
        var answer = await client.GetAsync(
            $"/connect/logout?post_logout_redirect_uri={Uri.EscapeDataString(LoggedOut)}&state=s-1", CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(LoggedOut + "?state=s-1", answer.Headers.Location?.OriginalString);

        var other = await client.GetAsync("/connect/logout?post_logout_redirect_uri=http%3A%2F%2Fevil.example", CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
    }

    [Fact]
    public async Task User_info_tells_what_the_token_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await PasswordTokenAsync("rob@contoso.example"));
        var answer = await client.SendAsync(request, CancellationToken);
        var info = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken);
        Assert.Equal("rob@contoso.example", info.GetProperty("sub").GetString());
        Assert.Equal("contoso", info.GetProperty("tenant_id").GetString());
        Assert.Equal(["Users.Read"], info.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Theory]
    [InlineData("http://localhost:5020", true)]
    [InlineData("http://evil.example", false)]
    public async Task Only_the_console_may_call_from_a_browser(string origin, bool allowed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/connect/token");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        var answer = await client.SendAsync(request, CancellationToken);
        Assert.Equal(allowed, answer.Headers.Contains("Access-Control-Allow-Origin"));

        using var discovery = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-configuration");
        discovery.Headers.Add("Origin", origin);
        Assert.Equal(allowed, (await client.SendAsync(discovery, CancellationToken)).Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_api_with_JwtBearer_accepts_the_token()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            options.Authority = signIn.Address.AbsoluteUri;
            options.Audience = "bloksec-api";
            options.RequireHttpsMetadata = false;
            options.MapInboundClaims = false;
        });
        await using var api = builder.Build();
        api.MapGet("/", (ClaimsPrincipal user) => user.FindAll("roles").Select(claim => claim.Value)).RequireAuthorization();
        await api.StartAsync(CancellationToken);

        using var caller = new HttpClient { BaseAddress = new Uri(api.Urls.First()) };
        Assert.Equal(HttpStatusCode.Unauthorized, (await caller.GetAsync("/", CancellationToken)).StatusCode);
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await PasswordTokenAsync("rob@contoso.example"));
        Assert.Equal(["Users.Read"], await caller.GetFromJsonAsync<string[]>("/", CancellationToken) ?? []);
    }

    [Theory]
    [InlineData("discovery", "/.well-known/openid-configuration")]
    [InlineData("jwks", "/.well-known/jwks")]
    [InlineData("authorize", "/connect/authorize")]
    [InlineData("identity-token", "/msi/token")]
    public async Task Everything_can_be_made_to_fail(string operation, string path)
    {
        using (traffic.Add(new FaultRule { StandIn = "signin", Operation = operation, Status = 503 }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(path, CancellationToken)).StatusCode);
        }

        Assert.NotEqual(HttpStatusCode.ServiceUnavailable, (await client.GetAsync(path, CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Tokens_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var options = new SignInStandInOptions { KeyPath = Path.Combine(folder.FullName, "keys", "signin.pem") };
            await using var first = await SignInStandIn.StartAsync(options, traffic);
            var keys = await client.GetStringAsync(new Uri(first.Address, ".well-known/jwks"), CancellationToken);
            await using var second = await SignInStandIn.StartAsync(options, traffic);
            Assert.Equal(keys, await client.GetStringAsync(new Uri(second.Address, ".well-known/jwks"), CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string AuthorizeAddress(params (string Name, string Value)[] others) =>
        QueryHelpers.AddQueryString("/connect/authorize", AuthorizeParameters(others));

    private static Dictionary<string, string?> AuthorizeParameters(params (string Name, string Value)[] others)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = "bloksec-admin-console",
            ["redirect_uri"] = Callback,
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
            ["redirect_uri"] = Callback,
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
        var answer = await client.PostAsync("/connect/authorize", form, CancellationToken);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith(Callback, answer.Headers.Location!.OriginalString, StringComparison.Ordinal);
        var query = QueryHelpers.ParseQuery(answer.Headers.Location.Query);
        Assert.Equal("s-1", query["state"]);
        return query["code"].ToString();
    }

    private async Task<HttpResponseMessage> TokenAsync(Dictionary<string, string?> parameters)
    {
        using var form = new FormUrlEncodedContent(parameters);
        return await client.PostAsync("/connect/token", form, CancellationToken);
    }

    private async Task AssertRefusedAsync(string error, Dictionary<string, string?> parameters)
    {
        var answer = await TokenAsync(parameters);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal(error, body.GetProperty("error").GetString());
    }

    private async Task<string> PasswordTokenAsync(string username)
    {
        var answer = await TokenAsync(new() { ["grant_type"] = "password", ["username"] = username, ["password"] = "local" });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        return body.GetProperty("access_token").GetString()!;
    }
}
