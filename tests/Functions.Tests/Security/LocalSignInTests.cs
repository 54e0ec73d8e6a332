using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using BlokSec.Functions.Security;
using BlokSec.Local.Faults;
using BlokSec.Local.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Security;

/// <summary>The app and the sign-in stand-in, with nothing replaced between them.</summary>
public sealed class LocalSignInTests : IAsyncLifetime
{
    /// <summary>Of ID tokens and access tokens alike, as in Microsoft Entra ID, where the console is the registration of the API.</summary>
    private const string Audience = "bloksec-admin-console";

    private readonly Traffic traffic = new();
    private SignInStandIn signIn = null!;
    private WebApplication app = null!;
    private HttpClient client = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        signIn = await SignInStandIn.StartAsync(new SignInStandInOptions { Audience = Audience }, traffic);
        using var statements = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var events = RSA.Create(2048);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Api:PublicUrl"] = "https://api.example.com",
            ["Auth:Authority"] = signIn.Address.AbsoluteUri,
            ["Auth:Audience"] = Audience,
            ["Security:Statements:SigningKey"] = statements.ExportPkcs8PrivateKeyPem(),
            ["Security:Events:SigningKey"] = events.ExportPkcs8PrivateKeyPem(),
            ["Security:Claims:Key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
        });
        builder.AddSecurity();
        app = builder.Build();
        app.MapGet("/manage", (Administrator administrator) => administrator).RequireAuthorization(AdminPolicies.DevicesManage);
        await app.StartAsync();
        client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
        await signIn.DisposeAsync();
    }

    [Theory]
    [InlineData("alice@contoso.example", HttpStatusCode.OK)]
    [InlineData("rob@contoso.example", HttpStatusCode.Forbidden)]
    [InlineData("nora@contoso.example", HttpStatusCode.Forbidden)]
    public async Task Demo_administrators_may_do_what_their_roles_say(string username, HttpStatusCode status) =>
        Assert.Equal(status, (await GetAsync(username)).StatusCode);

    [Fact]
    public async Task The_tenant_is_that_of_the_demo_administrator()
    {
        var administrator = await (await GetAsync("felix@fabrikam.example")).Content.ReadFromJsonAsync<Administrator>(CancellationToken);
        Assert.Equal(AdminPolicies.All, administrator!.Roles);
        Assert.Equal(
            new Administrator("fabrikam", "felix@fabrikam.example", "Felix Fischer", ManagesDevices: true, "127.0.0.1")
            {
                SignInName = "felix@fabrikam.example",
                Roles = administrator.Roles,
                ManagesApplications = true,
                ManagesUsers = true,
                SeesClaimLinks = true,
            },
            administrator);
    }

    [Theory]
    [InlineData("discovery")]
    [InlineData("jwks")]
    public async Task When_its_metadata_or_keys_cannot_be_read_the_answer_is_503(string operation)
    {
        traffic.Add(new FaultRule { StandIn = "signin", Operation = operation, Status = 500 });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("alice@contoso.example")).StatusCode);
    }

    [Fact]
    public async Task An_ID_token_of_the_same_registration_opens_nothing()
    {
        var answer = await GetAsync("alice@contoso.example", "openid profile access_as_user", "id_token");

        Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("openid profile")]
    [InlineData("access_as_users ACCESS_AS_USER")]
    public async Task An_access_token_without_the_scope_opens_nothing(string scope)
    {
        var answer = await GetAsync("alice@contoso.example", scope);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("Bearer error=\"insufficient_scope\", scope=\"access_as_user\"", answer.Headers.WwwAuthenticate.ToString());
    }

    private async Task<HttpResponseMessage> GetAsync(
        string username, string scope = SignInStandInOptions.ApiScope, string kind = "access_token")
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["client_id"] = Audience,
            ["scope"] = scope,
            ["username"] = username,
            ["password"] = "local",
        });
        using var answer = await client.PostAsync(new Uri(signIn.Address, "connect/token"), form, CancellationToken);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken)).GetProperty(kind).GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/manage");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, CancellationToken);
    }
}
