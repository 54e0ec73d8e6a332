using System.Net.Http.Json;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.DemoApp;
using BlokSec.Local.SignIn;

namespace BlokSec.Functions.Tests.LocalSystem;

/// <summary>The demo application, as a browser uses it, against the app.</summary>
public sealed class DemoAppTests(CloudFixture fixture) : IClassFixture<CloudFixture>, IAsyncLifetime
{
    private DemoAppServer server = null!;

    private TestCloud Test => fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => server = await DemoAppServer.StartAsync(new DemoAppOptions
    {
        Application = DemoApplication.Defaults[0],
        Api = Test.Cloud.ApiAddress,
        SignIn = Test.Cloud.SignIn.Address,
        Time = Test.Time,
        Phones = Test.Cloud.ApiAddress,
    });

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_user_signs_in_by_push_and_the_application_verifies_it()
    {
        var user = await Test.NewUserAsync();
        using var browser = NewBrowser();

        var number = (await EnterAsync(browser, SignInTest.Hint(user))).GetProperty("number").GetString();
        var request = await Test.UntilAsync(
            () => Task.FromResult(user.Phones[0].State.SignIns is [var shown, ..] ? shown.RequestId : null), "a sign-in request on the phone");
        await user.Phones[0].AnswerSignInAsync(request, SignInDecision.Accept, number, Stop);

        var signIn = (await EndedAsync(browser, "signedIn")).GetProperty("signIn");
        Assert.Equal(
            (user.UserId, user.DeviceIds[0], request),
            (signIn.GetProperty("user").GetString(), signIn.GetProperty("device").GetString(), signIn.GetProperty("request").GetString()));
    }

    [Fact]
    public async Task A_phone_that_is_removed_ends_the_session_of_its_user_and_nobody_elses()
    {
        await server.Subscribed.WaitAsync(TestCloud.Patience, Stop);
        var (user, other) = (await Test.NewUserAsync(), await Test.NewUserAsync());
        using var browser = NewBrowser();
        using var others = NewBrowser();
        await SignedInAsync(browser, user);
        await SignedInAsync(others, other);

        await Test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], "Stolen", Stop);

        var ended = await EndedAsync(browser, "signedOut");
        Assert.Contains("Access was withdrawn", ended.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Stolen", ended.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("signedIn", (await others.GetFromJsonAsync<JsonElement>("sign-in", Stop)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task An_event_that_BlokSec_did_not_sign_ends_nothing()
    {
        using var http = NewBrowser();
        using var forged = new StringContent("eyJhbGciOiJub25lIiwidHlwIjoic2VjZXZlbnQrand0In0.e30.", System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/secevent+jwt"));
        using var answer = await http.PostAsync("events", forged, Stop);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("authentication_failed", (await answer.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("err").GetString());
    }

    [Fact]
    public async Task A_request_that_was_not_the_users_ends_at_the_application_too()
    {
        var user = await Test.NewUserAsync();
        using var browser = NewBrowser();
        await EnterAsync(browser, SignInTest.Hint(user));

        await user.Phones[0].AnswerSignInAsync((await SignInTest.ShownAsync(user.Phones[0])).RequestId, SignInDecision.NotMe, number: null, Stop);

        await EndedAsync(browser, "notMe");
        Assert.Equal("heldBack", (await EnterAsync(browser, SignInTest.Hint(user))).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_browser_sees_its_own_sign_in_only_and_no_id_of_the_request()
    {
        var user = await Test.NewUserAsync();
        using var browser = NewBrowser();
        using var other = NewBrowser();

        var seen = (await EnterAsync(browser, SignInTest.Hint(user))).GetRawText();

        Assert.DoesNotContain("auth_req_id", seen, StringComparison.Ordinal);
        Assert.Equal("none", (await other.GetFromJsonAsync<JsonElement>("sign-in", Stop)).GetProperty("state").GetString());
        using var empty = await other.PostAsJsonAsync("sign-in", new { name = " " }, Stop);
        Assert.Equal(400, (int)empty.StatusCode);
    }

    private async Task SignedInAsync(HttpClient browser, TestUser user)
    {
        var number = (await EnterAsync(browser, SignInTest.Hint(user))).GetProperty("number").GetString();
        await user.Phones[0].AnswerSignInAsync((await SignInTest.ShownAsync(user.Phones[0])).RequestId, SignInDecision.Accept, number, Stop);
        await EndedAsync(browser, "signedIn");
    }

    private HttpClient NewBrowser() => new() { BaseAddress = server.Address };

    private static async Task<JsonElement> EnterAsync(HttpClient browser, string name)
    {
        using var answer = await browser.PostAsJsonAsync("sign-in", new { name }, Stop);
        Assert.Equal(200, (int)answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Stop);
    }

    private Task<JsonElement> EndedAsync(HttpClient browser, string state) => UntilAsync(
        async () => await browser.GetFromJsonAsync<JsonElement>("sign-in", Stop) is var view && view.GetProperty("state").GetString() == state ? view : null);

    private async Task<JsonElement> UntilAsync(Func<Task<JsonElement?>> ask)
    {
        var found = await Test.UntilAsync<object>(async () => await ask(), "the outcome at the application");
        return (JsonElement)found;
    }
}
