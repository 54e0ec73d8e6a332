using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Control;

namespace BlokSec.Functions.Tests.LocalSystem;

/// <summary>What the phones page asks the control server for, against the whole system.</summary>
public sealed class PhonesPageCallsTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private TestCloud cloud = null!;
    private ControlServer control = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await TestCloud.StartAsync();
        control = await ControlServer.StartAsync(cloud.Cloud, port: 0);
        http.BaseAddress = control.Address;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await control.DisposeAsync();
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_scans_the_claim_that_the_console_shows_for_its_holder()
    {
        var user = await cloud.NewUserAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"people/{user.TenantId}/{user.UserId}/claim")).Status);
        var operation = await cloud.Admin().UnregisterAsync(user.UserId, null, Stop);
        await cloud.EndedAsync(user, operation.OperationId);

        var people = (await GetAsync("people")).Body.EnumerateArray().Select(person => person.GetProperty("userId").GetString());
        var claim = (await GetAsync($"people/{user.TenantId}/{user.UserId}/claim")).Body;
        using var picture = await http.GetAsync(new Uri($"people/{user.TenantId}/{user.UserId}/claim/qr", UriKind.Relative), Stop);
        var phone = await PostAsync("phones", new { name = "Fresh", platform = "android", holder = new { user.TenantId, user.UserId } });
        var enrolled = await PostAsync($"phones/{phone.GetProperty("id")}/claim", new { link = claim.GetProperty("link").GetString() });

        Assert.Contains(user.UserId, people);
        Assert.Equal("open", claim.GetProperty("state").GetString());
        Assert.Equal("image/svg+xml", picture.Content.Headers.ContentType!.MediaType);
        Assert.Equal(("welcome", "home"), (phone.GetProperty("screen").GetString(), enrolled.GetProperty("screen").GetString()));
        Assert.Equal("redeemed", (await GetAsync($"people/{user.TenantId}/{user.UserId}/claim")).Body.GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("people/contoso/nobody/claim")]
    [InlineData("people/elsewhere/maria-lopez/claim")]
    public async Task There_is_no_claim_of_a_user_who_is_not_there(string path) =>
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(path)).Status);

    private async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative), Stop);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Stop);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }
}
