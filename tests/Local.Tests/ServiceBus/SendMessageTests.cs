using System.Net;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Tests.ServiceBus;

public sealed class SendMessageTests
{
    [Fact]
    public async Task A_message_comes_back_with_its_body_content_type_and_properties()
    {
        await using var fixture = await BusFixture.StartAsync();
        using var response = await fixture.SendAsync(
            """{"n":"ü"}""",
            """{"MessageId":"m1","Label":"kind","CorrelationId":"c1","To":"t","ReplyTo":"r","Unknown":1}""",
            BusFixture.Queue,
            request => request.Headers.TryAddWithoutValidation("Priority", "\"high\""));

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var message = await fixture.ReceiveAsync();
        Assert.NotNull(message);
        Assert.Equal("""{"n":"ü"}""", message.Body);
        Assert.Equal("application/json", message.ContentType);
        Assert.Equal("\"high\"", Assert.Single(message.Headers.GetValues("Priority")));
        Assert.Equal(
            ("m1", "kind", "c1", "t", "r"),
            ((string?)message.Properties["MessageId"], (string?)message.Properties["Label"], (string?)message.Properties["CorrelationId"],
                (string?)message.Properties["To"], (string?)message.Properties["ReplyTo"]));
        Assert.Equal("Wed, 02 Jan 2030 03:04:05 GMT", (string?)message.Properties["EnqueuedTimeUtc"]);
        Assert.Equal(TimeSpan.FromDays(45).TotalSeconds, (double?)message.Properties["TimeToLive"]);
    }

    [Fact]
    public async Task A_message_without_an_id_gets_one()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        Assert.Equal(32, ((string?)(await fixture.ReceiveAsync())!.Properties["MessageId"])!.Length);
    }

    [Fact]
    public async Task The_same_message_id_is_accepted_but_kept_once_within_the_window()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a", new { MessageId = "m1" });
        fixture.Time.Advance(TimeSpan.FromMinutes(9));
        using var again = await fixture.SendAsync("b", new { MessageId = "m1" });
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
        Assert.Equal(1, fixture.Bus.Count(BusFixture.Queue).Active);

        fixture.Time.Advance(TimeSpan.FromMinutes(1));
        await fixture.SendAsync("c", new { MessageId = "m1" });
        Assert.Equal(2, fixture.Bus.Count(BusFixture.Queue).Active);
    }

    [Theory]
    [InlineData("Wed, 02 Jan 2030 03:14:05 GMT")]
    [InlineData("2030-01-02T03:14:05Z")]
    [InlineData("2030-01-02T03:14:05")]
    public async Task A_scheduled_message_is_handed_out_when_its_time_has_come(string scheduled)
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("later", new { ScheduledEnqueueTimeUtc = scheduled });
        Assert.Null(await fixture.ReceiveAsync());
        Assert.Equal(1, fixture.Bus.Count(BusFixture.Queue).Scheduled);

        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        var message = await fixture.ReceiveAsync();
        Assert.Equal("Wed, 02 Jan 2030 03:14:05 GMT", (string?)message!.Properties["EnqueuedTimeUtc"]);
    }

    [Fact]
    public async Task A_scheduled_message_takes_its_place_in_the_queue_when_it_becomes_due()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("first sent", new { ScheduledEnqueueTimeUtc = "Wed, 02 Jan 2030 03:14:05 GMT" });
        await fixture.SendAsync("second sent");
        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("second sent", (await fixture.ReceiveAsync())!.Body);
        Assert.Equal("first sent", (await fixture.ReceiveAsync())!.Body);
    }

    [Fact]
    public async Task Scheduled_messages_can_be_released_for_a_test()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("later", new { ScheduledEnqueueTimeUtc = "Sat, 02 Feb 2030 00:00:00 GMT" });
        Assert.Equal(1, fixture.Bus.ReleaseScheduled());
        Assert.Equal("later", (await fixture.ReceiveAsync())!.Body);
    }

    [Fact]
    public async Task A_message_that_outlived_its_time_is_dropped()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("short", new { TimeToLive = 90 });
        fixture.Time.Advance(TimeSpan.FromSeconds(90));
        Assert.Null(await fixture.ReceiveAsync());
        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Count(BusFixture.Queue));
    }

    [Theory]
    [InlineData("{", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("""{"ScheduledEnqueueTimeUtc":"soon"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"TimeToLive":"PT1M"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"TimeToLive":0}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"MessageId":7}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"SessionId":"s"}""", HttpStatusCode.NotImplemented)]
    public async Task Broker_properties_that_cannot_be_understood_are_refused(string properties, HttpStatusCode expected)
    {
        await using var fixture = await BusFixture.StartAsync();
        using var response = await fixture.SendAsync("a", properties, BusFixture.Queue, _ => { });
        Assert.Equal(expected, response.StatusCode);
        Assert.StartsWith($"<Error><Code>{(int)expected}</Code><Detail>", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, fixture.Bus.Count(BusFixture.Queue).Active);
    }

    [Fact]
    public async Task A_message_over_256_KB_is_too_large()
    {
        await using var fixture = await BusFixture.StartAsync();
        using var fits = await fixture.SendAsync(new string('a', 256 * 1024));
        using var tooLarge = await fixture.SendAsync(new string('a', (256 * 1024) + 1));
        Assert.Equal(HttpStatusCode.Created, fits.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, tooLarge.StatusCode);
    }

    [Fact]
    public async Task An_unknown_queue_and_the_dead_letter_queue_take_no_messages()
    {
        await using var fixture = await BusFixture.StartAsync();
        using var unknown = await fixture.SendAsync("a", queue: "nowhere");
        using var deadLetters = await fixture.SendAsync("a", queue: BusFixture.DeadLetters);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, deadLetters.StatusCode);
    }

    [Fact]
    public async Task A_token_is_needed_and_must_be_accepted()
    {
        await using var fixture = await BusFixture.StartAsync(isTokenAccepted: token => Task.FromResult(token == "token"));
        using var good = await fixture.SendAsync("a");
        using var other = await fixture.SendAsync("a", null, BusFixture.Queue, request => request.Headers.Authorization = new("Bearer", "other"));
        fixture.Client.DefaultRequestHeaders.Authorization = null;
        using var none = await fixture.SendAsync("a");
        Assert.Equal(
            (HttpStatusCode.Created, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (good.StatusCode, other.StatusCode, none.StatusCode));
    }

    [Fact]
    public async Task What_is_not_supported_says_so()
    {
        await using var fixture = await BusFixture.StartAsync();
        using var management = await fixture.Client.GetAsync(new Uri("work?api-version=2021-05", UriKind.Relative), TestContext.Current.CancellationToken);
        using var batch = await fixture.SendAsync("[]", null, BusFixture.Queue, request =>
            request.Content!.Headers.ContentType = new("application/vnd.microsoft.servicebus.json"));
        Assert.Equal((HttpStatusCode.NotImplemented, HttpStatusCode.NotImplemented), (management.StatusCode, batch.StatusCode));
    }

    [Fact]
    public async Task A_duplicate_fault_stores_the_message_twice_under_one_id()
    {
        await using var fixture = await BusFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Duplicate = true, Times = 1 });
        await fixture.SendAsync("a", new { MessageId = "m1" });
        Assert.Equal(["m1", "m1"], fixture.Bus.Peek(BusFixture.Queue).Select(message => message.MessageId));
    }

    [Fact]
    public async Task A_status_fault_is_worded_as_the_service_does()
    {
        await using var fixture = await BusFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = 503, Headers = new Dictionary<string, string> { ["Retry-After"] = "7" } });
        using var response = await fixture.SendAsync("a");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(7), response.Headers.RetryAfter!.Delta);
        Assert.Contains("ServerBusy", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(0, fixture.Bus.Count(BusFixture.Queue).Active);
    }
}
