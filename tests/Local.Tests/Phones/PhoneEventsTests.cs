using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Tests.Phones;

/// <summary>The phones page sees what happens when it happens.</summary>
public sealed class PhoneEventsTests : IAsyncLifetime
{
    private static readonly PhoneHolder Ada = new("contoso", "ada");

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
    public async Task A_watcher_first_gets_the_phones_as_they_are_and_then_each_change()
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        await using var events = await WatchAsync("?tenant=contoso&user=ada");
        Assert.Equal((phone.Id, "home"), (await events.PhoneAsync()).Shown());
        Assert.Equal("ready", (await events.NextAsync()).EventType);
        world.Time.Advance(TimeSpan.FromMinutes(1));

        await world.DeliverAsync(phone, world.RevokePush(phone));

        var shown = await events.PhoneAsync(view => view.GetProperty("erasuresToReport").GetInt32() == 0 && view.Shown().Screen == "welcome");
        Assert.Equal("Device Revoked", shown.GetProperty("notification").GetProperty("title").GetString());
        string[] story = ["enrolled", "pushReceived", "notificationShown", "statementVerified", "erased", "erasureConfirmed"];
        Assert.Equal(story.Order(), shown.Kinds().Order());
        Assert.Equal(["statementVerified", "erased", "erasureConfirmed"], shown.Kinds().TakeLast(3));
    }

    [Fact]
    public async Task A_removed_phone_stays_in_its_holder_s_hands_also_after_a_restart()
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        await world.DeliverAsync(phone, world.RevokePush(phone));
        await phone.DeleteAppAsync(Stop);
        Assert.Equal(Ada, phone.State.Holder);

        world.Restart();

        Assert.Equal(Ada, world.Book.Find(phone.Id)!.State.Holder);
    }

    [Fact]
    public async Task A_watcher_gets_the_phones_of_one_user_only_and_new_ones_too()
    {
        world.Book.Add(Facts("Somebody's"));
        world.Book.Add(Facts("Ben's"), new PhoneHolder("contoso", "ben"));
        world.Book.Add(Facts("Another Ada's"), new PhoneHolder("fabrikam", "ada"));
        await using var events = await WatchAsync("?tenant=contoso&user=ada");
        Assert.Equal("ready", (await events.NextAsync()).EventType);

        world.Book.Add(Facts("Ben's second"), new PhoneHolder("contoso", "ben"));
        world.Book.Add(Facts("Ada's"), Ada);

        Assert.Equal(("ada-s", "welcome"), (await events.PhoneAsync()).Shown());
    }

    [Fact]
    public async Task A_phone_that_nobody_held_is_still_watched_when_somebody_enrolls_on_it()
    {
        var phone = world.Book.Add(Facts("New phone"));
        await using var events = await WatchAsync("");
        Assert.Equal(("new-phone", "welcome"), (await events.PhoneAsync()).Shown());
        Assert.Equal("ready", (await events.NextAsync()).EventType);

        await phone.EnrollAsync(PhoneWorld.Link, Stop);

        Assert.Equal("ada", (await events.PhoneAsync(view => view.Shown().Screen == "home")).GetProperty("holder").GetProperty("userId").GetString());
    }

    [Fact]
    public async Task The_last_sync_is_when_the_server_knew_the_phone()
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var enrolled = world.Time.GetUtcNow();
        world.Time.Advance(TimeSpan.FromHours(1));
        world.Api.Script = _ => FakeApi.Problem(503, "unavailable");
        await phone.OpenAppAsync(Stop);
        Assert.Equal(enrolled, phone.View.LastSyncAt);

        world.Api.Script = _ => null;
        await phone.OpenAppAsync(Stop);

        Assert.Equal(world.Time.GetUtcNow(), phone.View.LastSyncAt);
    }

    [Fact]
    public async Task A_notification_is_on_the_screen_until_the_user_opens_the_app()
    {
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        await world.DeliverAsync(phone, world.RevokePush(phone));
        Assert.Equal("Device Revoked", phone.View.Notification?.Title);
        world.Time.Advance(TimeSpan.FromMinutes(1));

        await phone.OpenAppAsync(Stop);

        Assert.Null(phone.View.Notification);
        Assert.Single(phone.State.Notifications);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example.com")]
    [InlineData("Host", "evil.example.com")]
    public async Task A_web_page_from_elsewhere_may_not_watch(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/phone-events");
        request.Headers.Add(header, value);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static PhoneFacts Facts(string name) => new NewPhoneRequest { Name = name, Platform = DevicePlatform.Ios }.ToFacts();

    private async Task<EventReader> WatchAsync(string query) => new(await http.GetStreamAsync($"/phone-events{query}", Stop));

    private sealed class EventReader(Stream stream) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> events = SseParser
            .Create(stream, (_, data) => Encoding.UTF8.GetString(data)).EnumerateAsync(Stop).GetAsyncEnumerator(Stop);

        public async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await events.MoveNextAsync());
            return events.Current;
        }

        /// <summary>The next phone, or the next that meets the condition.</summary>
        public async Task<JsonElement> PhoneAsync(Predicate<JsonElement>? condition = null)
        {
            while (true)
            {
                var next = await NextAsync();
                Assert.Equal("phone", next.EventType);
                var view = JsonElement.Parse(next.Data);
                if (condition?.Invoke(view) ?? true)
                {
                    return view;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await events.DisposeAsync();
            await stream.DisposeAsync();
        }
    }
}

internal static class ShownPhone
{
    public static (string Id, string Screen) Shown(this JsonElement view) =>
        (view.GetProperty("id").GetString()!, view.GetProperty("screen").GetString()!);

    public static IEnumerable<string> Kinds(this JsonElement view) =>
        view.GetProperty("history").EnumerateArray().Select(entry => entry.GetProperty("kind").GetString()!);
}
