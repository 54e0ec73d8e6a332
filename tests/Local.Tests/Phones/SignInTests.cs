using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Tests.Phones;

/// <summary>What a phone shows of sign-in requests, and what its buttons do.</summary>
public sealed class SignInTests : IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=alert(1)>";
    private const string Path = "authentication-requests";

    private readonly HttpClient http = new();
    private PhoneWorld world = null!;
    private StandIn control = null!;
    private VirtualPhone phone = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        world = await PhoneWorld.StartAsync();
        control = await StandIn.StartAsync(0, HttpProtocols.Http1, _ => { }, app => PhoneEndpoints.Map(app, world.Book));
        http.BaseAddress = control.Address;
        phone = await world.EnrolledAsync(DevicePlatform.Android);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await control.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task A_request_is_shown_until_it_expires_without_what_only_the_app_needs()
    {
        await WaitsAsync(_ => null);

        var shown = Assert.Single((await ViewAsync()).GetProperty("signIns").EnumerateArray());

        Assert.Equal(("Payroll", Hostile, 6), (Text(shown, "applicationName"), Text(shown, "bindingMessage"), shown.GetProperty("digits").GetInt32()));
        Assert.False(shown.TryGetProperty("context", out _));
        world.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty((await ViewAsync()).GetProperty("signIns").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"decision":"accept","number":"042917"}""", AuthenticationRequestStatus.Accepted, null, "Signed in.")]
    [InlineData("""{"decision":"accept","number":"042917"}""", AuthenticationRequestStatus.Denied, DenialReason.WrongNumber, "The sign-in was denied: the number was wrong too often.")]
    [InlineData("""{"decision":"cancel"}""", AuthenticationRequestStatus.Denied, DenialReason.Cancelled, "The sign-in was cancelled.")]
    [InlineData("""{"decision":"notMe"}""", AuthenticationRequestStatus.Denied, DenialReason.NotMe, "Denied. Your administrator was told that it was not you.")]
    public async Task A_button_answers_the_request_and_the_phone_says_what_became_of_it(
        string reply, AuthenticationRequestStatus status, DenialReason? reason, string message)
    {
        await WaitsAsync(_ => new FakeAnswer(200, new AuthenticationAnswered(status, reason)));

        var (code, view) = await AnswerAsync(reply);

        Assert.Equal((HttpStatusCode.OK, message), (code, Text(view, "message")));
        Assert.Empty(view.GetProperty("signIns").EnumerateArray());
    }

    [Theory]
    [InlineData(2, "This is not the number that the application shows. 2 tries are left.")]
    [InlineData(1, "This is not the number that the application shows. 1 try is left.")]
    public async Task A_wrong_number_leaves_the_request_and_tells_how_many_tries_are_left(int left, string message)
    {
        await WaitsAsync(_ => new FakeAnswer(403, new { code = ProblemCodes.WrongNumber, attemptsLeft = left }));

        var (_, view) = await AnswerAsync("""{"decision":"accept","number":"042917"}""");

        Assert.Equal(message, Text(view, "message"));
        Assert.Single(view.GetProperty("signIns").EnumerateArray());
    }

    [Theory]
    [InlineData(ProblemCodes.RequestExpired, "It was too late for this sign-in. Start it again.")]
    [InlineData(ProblemCodes.RequestSuperseded, "This sign-in was replaced by a newer one.")]
    [InlineData(ProblemCodes.RequestAnswered, "This sign-in was answered already.")]
    public async Task An_answer_that_comes_too_late_says_why_and_takes_the_request_from_the_screen(string code, string message)
    {
        await WaitsAsync(_ => FakeApi.Problem(409, code));

        var (_, view) = await AnswerAsync("""{"decision":"accept","number":"042917"}""");

        Assert.Equal(message, Text(view, "message"));
        Assert.Empty(view.GetProperty("signIns").EnumerateArray());
    }

    [Theory]
    [InlineData("""{"decision":"accept"}""")]
    [InlineData("""{"decision":"accept","number":"4 2917"}""")]
    [InlineData("""{"decision":"cancel","number":"042917"}""")]
    [InlineData("""{"decision":"maybe"}""")]
    public async Task A_reply_that_the_app_has_no_button_for_reaches_nobody(string reply)
    {
        await WaitsAsync(_ => null);

        Assert.Equal(HttpStatusCode.BadRequest, (await AnswerAsync(reply)).Status);
        Assert.Equal(0, world.Api.Count($"{Path}/r1/answer"));
    }

    [Fact]
    public async Task A_request_that_the_phone_does_not_show_cannot_be_answered()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await AnswerAsync("""{"decision":"cancel"}""")).Status);
        Assert.Equal(0, world.Api.Count($"{Path}/r1/answer"));
    }

    [Fact]
    public async Task A_phone_that_is_reset_shows_no_request_any_more()
    {
        await WaitsAsync(_ => null);
        world.Remove(phone);
        await phone.OpenAppAsync(Stop);

        Assert.Empty((await ViewAsync()).GetProperty("signIns").EnumerateArray());
    }

    /// <summary>A request waits, and the user opens the app.</summary>
    private async Task WaitsAsync(Func<PhoneCall, FakeAnswer?> answer)
    {
        var now = world.Time.GetUtcNow();
        var waiting = new WaitingRequest(
            "r1", "app-1", "Payroll", "account-1", "ada", Hostile, "Canada", "Toronto", "203.0.113.7", "Firefox", 6, "context", now, now.AddMinutes(2));
        world.Api.Script = call => call.Name switch
        {
            Path => new FakeAnswer(200, new WaitingRequestList([waiting])),
            $"{Path}/r1" => new FakeAnswer(200, waiting),
            $"{Path}/r1/answer" => answer(call),
            _ => null,
        };
        await phone.OpenAppAsync(Stop);
    }

    private async Task<JsonElement> ViewAsync() => await http.GetFromJsonAsync<JsonElement>($"/phones/{phone.Id}", Stop);

    private async Task<(HttpStatusCode Status, JsonElement Body)> AnswerAsync(string reply)
    {
        using var content = new StringContent(reply, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync($"/phones/{phone.Id}/sign-ins/r1/answer", content, Stop);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var value) ? value.GetString() : null;
}
