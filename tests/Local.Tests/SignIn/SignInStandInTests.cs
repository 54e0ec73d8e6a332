using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.SignIn;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BlokSec.Local.Tests.SignIn;

public sealed class SignInStandInTests : IAsyncLifetime
{
    private SignInCaller signIn = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => signIn = await SignInCaller.StartAsync();

    public ValueTask DisposeAsync() => signIn.DisposeAsync();

    [Fact]
    public async Task Discovery_tells_where_everything_is()
    {
        var metadata = await signIn.Http.GetFromJsonAsync<JsonElement>("/.well-known/openid-configuration", CancellationToken);
        Assert.Equal(signIn.Address.AbsoluteUri, metadata.GetProperty("issuer").GetString());
        Assert.Equal(["S256"], metadata.GetProperty("code_challenge_methods_supported").EnumerateArray().Select(value => value.GetString()));
        foreach (var member in new[] { "authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint", "userinfo_endpoint" })
        {
            Assert.StartsWith(signIn.Address.AbsoluteUri, metadata.GetProperty(member).GetString(), StringComparison.Ordinal);
        }

        var keys = await signIn.Http.GetFromJsonAsync<JsonElement>(metadata.GetProperty("jwks_uri").GetString(), CancellationToken);
        var key = Assert.Single(keys.GetProperty("keys").EnumerateArray());
        Assert.Equal("ES256", key.GetProperty("alg").GetString());
        Assert.False(key.TryGetProperty("d", out _));
        Assert.Equal(["discovery", "jwks"], signIn.Traffic.Seen.Select(request => request.Operation));
    }

    [Fact]
    public async Task The_password_grant_gives_an_administrators_token()
    {
        var token = new JsonWebToken(await signIn.PasswordTokenAsync("alice@contoso.example"));
        Assert.Equal(signIn.Address.AbsoluteUri, token.Issuer);
        Assert.Equal(["bloksec-api"], token.Audiences);
        Assert.Equal("alice@contoso.example", token.Subject);
        Assert.Equal("Alice Adams", token.GetClaim("name").Value);
        Assert.Equal("contoso", token.GetClaim("tenant_id").Value);
        Assert.Equal(["Users.Read", "Devices.Manage", "Users.Manage", "Applications.Manage", "Audit.Read", "Policies.Manage"], token.GetPayloadValue<string[]>("roles"));
        Assert.Equal("ES256", token.Alg);
        Assert.True(token.ValidTo > token.IssuedAt);
    }

    [Fact]
    public async Task One_role_is_an_array_and_none_is_no_claim()
    {
        var reader = new JsonWebToken(await signIn.PasswordTokenAsync("rita@fabrikam.example"));
        Assert.Equal(JsonValueKind.Array, reader.GetPayloadValue<JsonElement>("roles").ValueKind);
        Assert.Equal("fabrikam", reader.GetClaim("tenant_id").Value);
        Assert.False(new JsonWebToken(await signIn.PasswordTokenAsync("nora@contoso.example")).TryGetClaim("roles", out _));
    }

    [Theory]
    [InlineData("alice@contoso.example", "wrong")]
    [InlineData("nobody@contoso.example", "local")]
    public async Task Who_is_not_known_gets_no_token(string username, string password) =>
        await signIn.AssertRefusedAsync("invalid_grant", new() { ["grant_type"] = "password", ["username"] = username, ["password"] = password });

    [Fact]
    public async Task User_info_tells_what_the_token_says()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await signIn.PasswordTokenAsync("rob@contoso.example"));
        var answer = await signIn.Http.SendAsync(request, CancellationToken);
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
        var answer = await signIn.Http.SendAsync(request, CancellationToken);
        Assert.Equal(allowed, answer.Headers.Contains("Access-Control-Allow-Origin"));

        using var discovery = new HttpRequestMessage(HttpMethod.Get, "/.well-known/openid-configuration");
        discovery.Headers.Add("Origin", origin);
        Assert.Equal(allowed, (await signIn.Http.SendAsync(discovery, CancellationToken)).Headers.Contains("Access-Control-Allow-Origin"));
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
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await signIn.PasswordTokenAsync("rob@contoso.example"));
        Assert.Equal(["Users.Read"], await caller.GetFromJsonAsync<string[]>("/", CancellationToken) ?? []);
    }

    [Theory]
    [InlineData("discovery", "/.well-known/openid-configuration")]
    [InlineData("jwks", "/.well-known/jwks")]
    [InlineData("authorize", "/connect/authorize")]
    [InlineData("identity-token", "/msi/token")]
    public async Task Everything_can_be_made_to_fail(string operation, string path)
    {
        using (signIn.Traffic.Add(new FaultRule { StandIn = "signin", Operation = operation, Status = 503 }))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await signIn.Http.GetAsync(path, CancellationToken)).StatusCode);
        }

        Assert.NotEqual(HttpStatusCode.ServiceUnavailable, (await signIn.Http.GetAsync(path, CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Tokens_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var options = new SignInStandInOptions { KeyPath = Path.Combine(folder.FullName, "keys", "signin.pem") };
            await using var first = await SignInStandIn.StartAsync(options, signIn.Traffic);
            var keys = await signIn.Http.GetStringAsync(new Uri(first.Address, ".well-known/jwks"), CancellationToken);
            await using var second = await SignInStandIn.StartAsync(options, signIn.Traffic);
            Assert.Equal(keys, await signIn.Http.GetStringAsync(new Uri(second.Address, ".well-known/jwks"), CancellationToken));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
