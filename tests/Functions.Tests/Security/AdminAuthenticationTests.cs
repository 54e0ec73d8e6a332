using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Security;

public sealed class AdminAuthenticationTests : IAsyncLifetime
{
    private readonly IssuerOnTheWire issuer = new();
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(Settings());
        builder.AddSecurity();
        builder.Logging.ClearProviders();
        builder.Services.Configure<JwtBearerOptions>(
            JwtBearerDefaults.AuthenticationScheme, options => options.BackchannelHttpHandler = issuer);
        app = builder.Build();
        app.MapGet("/read", (Administrator administrator) => administrator).RequireAuthorization(AdminPolicies.UsersRead);
        app.MapGet("/manage", (Administrator administrator) => administrator).RequireAuthorization(AdminPolicies.DevicesManage);
        app.MapGet("/forgotten", () => "open to all");
        app.MapGet("/open", () => "open").AllowAnonymous();
        await app.StartAsync();
        client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        issuer.Dispose();
    }

    [Fact]
    public async Task A_good_token_names_the_administrator_and_the_tenant()
    {
        var answer = await GetAsync("/read", issuer.Token("contoso"));
        var administrator = await answer.Content.ReadFromJsonAsync<Administrator>(TestContext.Current.CancellationToken);
        Assert.Equal(AdminPolicies.All, administrator!.Roles);
        Assert.Equal(
            new Administrator("contoso", "alice", "Alice Admin", ManagesDevices: true, "127.0.0.1") { Roles = administrator.Roles, ManagesApplications = true, ManagesUsers = true },
            administrator);
    }

    [Fact]
    public async Task Nothing_is_fetched_before_the_first_token()
    {
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/open", null)).StatusCode);
        Assert.Equal(0, issuer.Requests);
        await GetAsync("/read", issuer.Token("contoso"));
        Assert.Equal(2, issuer.Requests);
    }

    [Theory]
    [InlineData("/read", "Users.Read", HttpStatusCode.OK)]
    [InlineData("/manage", "Users.Read", HttpStatusCode.Forbidden)]
    [InlineData("/read", "Devices.Manage", HttpStatusCode.Forbidden)]
    [InlineData("/manage", "Devices.Manage", HttpStatusCode.OK)]
    [InlineData("/read", "users.read", HttpStatusCode.Forbidden)]
    [InlineData("/read", null, HttpStatusCode.Forbidden)]
    [InlineData("/forgotten", "Users.Read", HttpStatusCode.Forbidden)]
    public async Task Each_role_opens_its_own_doors_only(string path, string? role, HttpStatusCode status)
    {
        var answer = await GetAsync(path, issuer.Token("contoso", roles: role is null ? [] : [role]));
        Assert.Equal(status, answer.StatusCode);
        if (status == HttpStatusCode.Forbidden)
        {
            await AssertProblemAsync(answer, ProblemCodes.Forbidden);
        }
    }

    [Theory]
    [InlineData("con.toso")]
    [InlineData("")]
    [InlineData("con/toso")]
    [InlineData(null)]
    public async Task I9_a_token_without_a_tenant_in_its_format_opens_nothing(string? tenant)
    {
        var answer = await GetAsync("/read", issuer.Token(tenant));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await AssertProblemAsync(answer, ProblemCodes.Forbidden);
    }

    [Fact]
    public async Task I9_a_token_of_two_tenants_opens_nothing()
    {
        var answer = await GetAsync("/read", issuer.Token(new[] { "contoso", "fabrikam" }));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("/read")]
    [InlineData("/forgotten")]
    [InlineData("/nowhere")]
    public async Task No_token_is_a_401(string path)
    {
        var answer = await GetAsync(path, null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        await AssertProblemAsync(answer, ProblemCodes.Unauthenticated);
    }

    [Fact]
    public async Task Tokens_that_are_not_for_us_are_refused()
    {
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var tokens = new Dictionary<string, string>
        {
            ["other audience"] = issuer.Token("contoso", audience: "other"),
            ["other issuer"] = issuer.Token("contoso", issuedBy: "https://evil.example"),
            ["other key"] = issuer.Token("contoso", signer: otherKey),
            ["expired beyond the skew"] = issuer.Token("contoso", expires: TimeSpan.FromSeconds(-40)),
            ["garbage"] = "garbage",
            ["none"] = IssuerOnTheWire.Unsigned(),
            ["HS256 with the public key"] = issuer.Symmetric(),
        };
        foreach (var (what, token) in tokens)
        {
            var answer = await GetAsync("/read", token);
            Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, what);
            Assert.Equal("Bearer error=\"invalid_token\"", answer.Headers.WwwAuthenticate.ToString());
            await AssertProblemAsync(answer, ProblemCodes.Unauthenticated);
        }
    }

    [Fact]
    public async Task A_token_within_the_skew_is_accepted() =>
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/read", issuer.Token("contoso", expires: TimeSpan.FromSeconds(-10)))).StatusCode);

    [Fact]
    public async Task I2_an_outage_of_the_issuer_does_not_look_like_a_bad_token()
    {
        issuer.Down = true;
        var answer = await GetAsync("/read", issuer.Token("contoso"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        await AssertProblemAsync(answer, ProblemCodes.Unavailable);

        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("/read", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/open", null)).StatusCode);
    }

    [Fact]
    public async Task An_outage_after_the_metadata_was_read_is_not_noticed()
    {
        await GetAsync("/read", issuer.Token("contoso"));
        issuer.Down = true;
        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/read", issuer.Token("contoso"))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync("/read", issuer.Token("contoso", audience: "other"))).StatusCode);
    }

    [Theory]
    [InlineData("https://signin.example.com", true)]
    [InlineData("http://127.0.0.1:5010", true)]
    [InlineData("http://localhost:5010/tenant", true)]
    [InlineData("http://signin.example.com", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("ftp://127.0.0.1", false)]
    [InlineData("/relative", false)]
    [InlineData("", false)]
    public void Clear_text_is_for_loopback_only(string authority, bool good) =>
        Assert.Equal(
            good,
            new AuthOptions.Validator().Validate(null, new AuthOptions { Authority = authority, Audience = "api" }).Succeeded);

    [Theory]
    [InlineData("Api:PublicUrl")]
    [InlineData("Auth:Authority")]
    [InlineData("Auth:Audience")]
    [InlineData("Security:Statements:SigningKey")]
    [InlineData("Security:Events:SigningKey")]
    [InlineData("Security:Claims:Key")]
    public async Task Without_a_setting_the_app_does_not_start(string setting)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(Settings().Where(pair => pair.Key != setting));
        builder.AddSecurity();
        await using var incomplete = builder.Build();
        await Assert.ThrowsAsync<OptionsValidationException>(() => incomplete.StartAsync(TestContext.Current.CancellationToken));
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, string code)
    {
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal($"https://docs.bloksec.io/problems/{code}", problem.GetProperty("type").GetString());
        Assert.Equal((int)answer.StatusCode, problem.GetProperty("status").GetInt32());
    }

    private static Dictionary<string, string?> Settings()
    {
        using var statements = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var events = RSA.Create(2048);
        return new Dictionary<string, string?>
        {
            ["Api:PublicUrl"] = "https://api.example.com",
            ["Auth:Authority"] = IssuerOnTheWire.Address,
            ["Auth:Audience"] = "bloksec-api",
            ["Security:Statements:SigningKey"] = statements.ExportPkcs8PrivateKeyPem(),
            ["Security:Events:SigningKey"] = events.ExportPkcs8PrivateKeyPem(),
            ["Security:Claims:Key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        };
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
