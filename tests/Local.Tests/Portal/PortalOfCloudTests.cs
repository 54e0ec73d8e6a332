using System.Net.Http.Json;
using System.Text.Json;

namespace BlokSec.Local.Tests.Portal;

/// <summary>The console finds the system that it belongs to, and is let in, on whatever ports.</summary>
public sealed class PortalOfCloudTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cloud");
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private LocalCloud cloud = null!;
    private Uri console = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await LocalCloud.StartAsync(new LocalCloudOptions { Folder = folder.FullName });
        console = (await cloud.StartPortalAsync()).Address;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await cloud.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task The_console_is_told_where_everything_is()
    {
        var settings = await http.GetFromJsonAsync<JsonElement>(new Uri(console, "settings.json"), Stop);

        Assert.Equal(new Uri(cloud.ApiAddress, "api").AbsoluteUri, settings.GetProperty("api").GetString());
        Assert.Equal(cloud.SignIn.Address.AbsoluteUri, settings.GetProperty("auth").GetProperty("authority").GetString());
        Assert.Contains("BlokSec admin console", await http.GetStringAsync(console, Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Sign_in_lets_the_console_ask_and_returns_to_it(string host)
    {
        var origin = $"http://{host}:{console.Port}";
        using var asks = new HttpRequestMessage(HttpMethod.Get, new Uri(cloud.SignIn.Address, ".well-known/openid-configuration"));
        asks.Headers.Add("Origin", origin);
        using var answer = await http.SendAsync(asks, Stop);
        Assert.Equal(origin, Assert.Single(answer.Headers.GetValues("Access-Control-Allow-Origin")));

        // Nobody is signed in, so a silent request comes straight back
        using var back = await http.GetAsync(
            new Uri(cloud.SignIn.Address, "connect/authorize?client_id=bloksec-admin-console&response_type=code&scope=openid&prompt=none"
                + "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
                + $"&redirect_uri={Uri.EscapeDataString($"{origin}/authentication/login-callback")}"),
            Stop);

        Assert.StartsWith($"{origin}/authentication/login-callback?error=login_required", back.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
    }
}
