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
    private readonly Traffic traffic = new();
    private SignInStandIn signIn = null!;
    private WebApplication app = null!;
    private HttpClient client = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        signIn = await SignInStandIn.StartAsync(new SignInStandInOptions(), traffic);
        using var statements = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Api:PublicUrl"] = "https://api.example.com",
            ["Auth:Authority"] = signIn.Address.AbsoluteUri,
            ["Auth:Audience"] = "bloksec-api",
            ["Security:Statements:SigningKey"] = statements.ExportPkcs8PrivateKeyPem(),
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
        Assert.Equal(new Administrator("fabrikam", "felix@fabrikam.example", "Felix Fischer", ManagesDevices: true), administrator);
    }

    [Theory]
    [InlineData("discovery")]
    [InlineData("jwks")]
    public async Task When_its_metadata_or_keys_cannot_be_read_the_answer_is_503(string operation)
    {
        traffic.Add(new FaultRule { StandIn = "signin", Operation = operation, Status = 500 });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("alice@contoso.example")).StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(string username)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password",
            ["username"] = username,
            ["password"] = "local",
        });
        using var answer = await client.PostAsync(new Uri(signIn.Address, "connect/token"), form, CancellationToken);
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>(CancellationToken)).GetProperty("access_token").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/manage");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, CancellationToken);
    }
}
