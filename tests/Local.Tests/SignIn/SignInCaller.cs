using System.Net.Http.Json;
using System.Text.Json;
using BlokSec.Local.Faults;
using BlokSec.Local.SignIn;

namespace BlokSec.Local.Tests.SignIn;

/// <summary>A sign-in service, and a client of it that follows no redirect.</summary>
internal sealed class SignInCaller : IAsyncDisposable
{
    public const string Callback = "http://localhost:5020/authentication/login-callback";
    public const string LoggedOut = "http://localhost:5020/authentication/logout-callback";

    private readonly SignInStandIn standIn;

    private SignInCaller(SignInStandIn standIn, Traffic traffic)
    {
        this.standIn = standIn;
        Traffic = traffic;
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = standIn.Address };
    }

    public Uri Address => standIn.Address;

    public Traffic Traffic { get; }

    public HttpClient Http { get; }

    public static async Task<SignInCaller> StartAsync()
    {
        var traffic = new Traffic();
        var options = new SignInStandInOptions { RedirectUris = [new Uri(Callback), new Uri(LoggedOut)], Origins = ["http://localhost:5020"] };
        return new SignInCaller(await SignInStandIn.StartAsync(options, traffic), traffic);
    }

    public ValueTask DisposeAsync()
    {
        Http.Dispose();
        return standIn.DisposeAsync();
    }

    public async Task<HttpResponseMessage> TokenAsync(Dictionary<string, string?> parameters)
    {
        using var form = new FormUrlEncodedContent(parameters);
        return await Http.PostAsync("/connect/token", form, TestContext.Current.CancellationToken);
    }

    public async Task AssertRefusedAsync(string error, Dictionary<string, string?> parameters)
    {
        var answer = await TokenAsync(parameters);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal(error, body.GetProperty("error").GetString());
    }

    public async Task<string> PasswordTokenAsync(string username)
    {
        var answer = await TokenAsync(new() { ["grant_type"] = "password", ["username"] = username, ["password"] = "local" });
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        return body.GetProperty("access_token").GetString()!;
    }
}
