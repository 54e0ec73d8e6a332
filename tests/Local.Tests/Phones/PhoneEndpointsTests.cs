using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Tests.Phones;

public sealed class PhoneEndpointsTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private PhoneWorld world = null!;
    private StandIn control = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await PhoneWorld.StartAsync();
        control = await StandIn.StartAsync(0, HttpProtocols.Http1, _ => { }, app => PhoneEndpoints.Map(app, world.Book));
        http.BaseAddress = control.Address;
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await control.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_is_made_enrolled_removed_and_watched()
    {
        var created = await PostAsync("/phones", """{"name":"Ada's iPhone","platform":"ios"}""");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("welcome", Text(created, "screen"));
        var enrolled = await PostAsync("/phones/ada-s-iphone/claim", JsonSerializer.Serialize(new { link = PhoneWorld.Link }));
        Assert.Equal("ada", enrolled.Body.GetProperty("registration").GetProperty("userId").GetString());
        var phone = world.Book.Find("ada-s-iphone")!;
        world.Remove(phone);

        var opened = await PostAsync("/phones/ada-s-iphone/open", null);

        Assert.Equal("welcome", Text(opened, "screen"));
        Assert.Equal("This account is no longer accessible.", Text(opened, "message"));
        var all = await http.GetFromJsonAsync<JsonElement>("/phones", Stop);
        Assert.Equal("ada-s-iphone", Assert.Single(all.EnumerateArray()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Every_switch_and_button_works()
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var other = world.Phone(DevicePlatform.Android);
        await PostAsync($"/phones/{phone.Id}/offline", """{"value":true}""");
        await PostAsync($"/phones/{phone.Id}/lose-pushes", """{"value":true}""");
        await PostAsync($"/phones/{phone.Id}/allow-notifications", """{"value":false}""");
        Assert.Equal((true, true, false), (phone.State.Offline, phone.State.LosesPushes, phone.State.AllowsNotifications));
        await PostAsync($"/phones/{phone.Id}/offline", """{"value":false}""");
        var token = phone.State.PushAddress;
        await PostAsync($"/phones/{phone.Id}/rotate-push-token", null);
        Assert.NotEqual(token, phone.State.PushAddress);
        Assert.Equal("contoso/ada", Text(await PostAsync($"/phones/{phone.Id}/backup", null), "backupOf"));

        var restored = await PostAsync($"/phones/{other.Id}/restore", JsonSerializer.Serialize(new { fromPhoneId = phone.Id }));

        Assert.Equal("home", Text(restored, "screen"));
        Assert.Equal("notInstalled", Text(await PostAsync($"/phones/{phone.Id}/delete-app", null), "screen"));
        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync($"/phones/{phone.Id}/open", null)).Status);
        Assert.Equal("welcome", Text(await PostAsync($"/phones/{phone.Id}/reinstall", null), "screen"));
    }

    [Fact]
    public async Task No_private_key_is_ever_shown()
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        await phone.CreateBackupAsync(Stop);

        var shown = await http.GetStringAsync($"/phones/{phone.Id}", Stop);

        foreach (var key in new[] { phone.State.Registration!.DeviceKey, phone.State.Registration.DidKey })
        {
            Assert.DoesNotContain(System.Buffers.Text.Base64Url.EncodeToString(key.ExportPrivate()), shown, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("privateKey", shown, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("/phones/nobody/open", null, HttpStatusCode.NotFound)]
    [InlineData("/phones", "{", HttpStatusCode.BadRequest)]
    [InlineData("/phones", """{"name":"","platform":"ios"}""", HttpStatusCode.BadRequest)]
    [InlineData("/phones/ada-s-phone/claim", "{}", HttpStatusCode.BadRequest)]
    [InlineData("/phones/ada-s-phone/offline", "{}", HttpStatusCode.BadRequest)]
    [InlineData("/phones/ada-s-phone/backup", null, HttpStatusCode.Conflict)]
    [InlineData("/phones/ada-s-phone/restore", """{"fromPhoneId":"ada-s-phone"}""", HttpStatusCode.Conflict)]
    [InlineData("/phones/ada-s-phone/restore", """{"fromPhoneId":"nobody"}""", HttpStatusCode.NotFound)]
    public async Task An_error_is_a_problem(string path, string? body, HttpStatusCode expected)
    {
        world.Phone(DevicePlatform.Android);

        var answer = await PostAsync(path, body);

        Assert.Equal(expected, answer.Status);
        Assert.NotEmpty(Text(answer, "detail")!);
    }

    [Fact]
    public async Task An_unknown_action_is_refused_by_name()
    {
        var answer = await PostAsync($"/phones/{world.Phone(DevicePlatform.Android).Id}/jump", null);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.StartsWith("A phone has no action 'jump'. Known: allow-notifications, backup, check-in, claim, ", Text(answer, "detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example.com")]
    [InlineData("Host", "evil.example.com")]
    public async Task A_web_page_from_elsewhere_is_refused(string header, string value)
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/phones/{phone.Id}/delete-app");
        request.Headers.Add(header, value);

        using var response = await http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.NotNull(phone.State.Registration);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, string? json)
    {
        using var content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(path, content, Stop);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private static string? Text((HttpStatusCode Status, JsonElement Body) answer, string name) =>
        answer.Body.TryGetProperty(name, out var value) ? value.GetString() : null;
}
