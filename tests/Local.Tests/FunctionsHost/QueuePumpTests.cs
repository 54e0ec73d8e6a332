using System.Text.Json.Nodes;
using BlokSec.Local.Faults;
using BlokSec.Local.Tests.ServiceBus;
using Microsoft.AspNetCore.Http;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class QueuePumpTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_as_the_real_host_sends_it_and_is_completed()
    {
        await using var fixture = await StartAsync();
        await fixture.Bus.SendAsync(
            """{"n":1}""",
            """{"MessageId":"mid-1795455385468-2","Label":"my-label","CorrelationId":"corr-1","To":"dest","ReplyTo":"rq","TimeToLive":3600}""",
            BusFixture.Queue,
            request =>
            {
                request.Headers.TryAddWithoutValidation("kind", "\"order\"");
                request.Headers.TryAddWithoutValidation("num", "7");
            });

        var expected = HostFixture.Envelope("service-bus-message")
            .Replace("q1", BusFixture.Queue, StringComparison.Ordinal)
            .Replace("\"SequenceNumber\":\"102\"", "\"SequenceNumber\":\"1\"", StringComparison.Ordinal);
        Assert.Equal(expected, HostFixture.Normalize(await fixture.Handler.NextAsync()));
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Bus.Count(BusFixture.Queue));
    }

    [Fact]
    public async Task Fields_of_the_body_replace_the_hosts_own_metadata()
    {
        await using var fixture = await StartAsync();
        await fixture.Bus.SendAsync("""{"messageid":"forged","deep":{"a":1,"list":[1]},"list":[1],"none":null,"yes":true,"text":"ü \"q\""}""", new { MessageId = "m1" });
        var metadata = JsonNode.Parse((await fixture.Handler.NextAsync()).Body)!["Metadata"]!;
        Assert.Equal("\"forged\"", (string?)metadata["MessageId"]);
        Assert.Equal("""{"a":"1"}""", metadata["deep"]!.ToJsonString());
        Assert.Equal("\"True\"", (string?)metadata["yes"]);
        Assert.Equal("\"ü \\\"q\\\"\"", (string?)metadata["text"]);
        Assert.Null(metadata["list"]);
        Assert.Null(metadata["none"]);
    }

    [Fact]
    public async Task Text_that_is_no_json_arrives_as_a_json_string()
    {
        await using var fixture = await StartAsync();
        await fixture.Bus.SendAsync("plain \"text\"");
        Assert.Equal("\"plain \\\"text\\\"\"", (string?)JsonNode.Parse((await fixture.Handler.NextAsync()).Body)!["Data"]!["msg"]);
    }

    [Theory]
    [InlineData(500, "application/json", "{}")]
    [InlineData(200, "text/plain", "{}")]
    [InlineData(200, "application/json", "[]")]
    [InlineData(200, "application/json", "{")]
    public async Task Anything_but_2xx_with_a_json_object_brings_the_message_back_until_it_is_dead_lettered(int status, string type, string body)
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) => AnswerAsync(context, status, type, body);
        await fixture.Bus.SendAsync("poison");
        await fixture.Bus.Bus.WaitAsync(() => fixture.Bus.Bus.Count(BusFixture.Queue).DeadLettered == 1, Cancelled);
        var counts = fixture.Handler.All.Select(request => (string?)JsonNode.Parse(request.Body)!["Metadata"]!["DeliveryCount"]);
        Assert.Equal(["1", "2", "3"], counts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task A_success_without_a_result_hangs_until_the_function_times_out(string body)
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) => AnswerAsync(context, 200, "application/json", body);
        await fixture.Bus.SendAsync("a");
        await fixture.Handler.NextAsync();
        await WaitForOutputAsync(fixture, "without a result");
        Assert.Equal(1, fixture.Bus.Bus.Count(BusFixture.Queue).Locked);

        fixture.Handler.Answer = (context, _) => AnswerAsync(context, 200, "application/json", "{}");
        fixture.Bus.Time.Advance(TimeSpan.FromMinutes(5));
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        await WaitForOutputAsync(fixture, "functionTimeout; the handler is killed");
    }

    [Fact]
    public async Task A_lock_is_renewed_while_its_message_is_handled()
    {
        await using var fixture = await StartAsync();
        var finish = new TaskCompletionSource();
        fixture.Handler.Answer = async (context, _) =>
        {
            await finish.Task;
            await AnswerAsync(context, 200, "application/json", "{}");
        };
        await fixture.Bus.SendAsync("slow");
        await fixture.Handler.NextAsync();
        var renewed = fixture.Bus.Traffic.WaitAsync(
            () => fixture.Bus.Traffic.Seen.Any(request => request is { Operation: "renew", Status: 200 }), Cancelled);
        fixture.Bus.Time.Advance(TimeSpan.FromSeconds(50));
        await renewed;
        fixture.Bus.Time.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(1, fixture.Bus.Bus.Count(BusFixture.Queue).Locked);

        finish.SetResult();
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Single(fixture.Handler.All);
    }

    [Fact]
    public async Task No_more_messages_are_handled_at_once_than_the_host_allows()
    {
        await using var fixture = await HostFixture.StartAsync(
            new AppFolder(AppFolder.Host(maxConcurrentCalls: 3)).WithQueue("SbFn", BusFixture.Queue));
        var running = 0;
        var most = 0;
        var full = new TaskCompletionSource();
        fixture.Handler.Answer = async (context, _) =>
        {
            var now = Interlocked.Increment(ref running);
            most = Math.Max(most, now);
            if (now == 3)
            {
                full.TrySetResult();
            }

            await full.Task;
            Interlocked.Decrement(ref running);
            await AnswerAsync(context, 200, "application/json", "{}");
        };
        await Task.WhenAll(Enumerable.Range(0, 12).Select(number => fixture.Bus.SendAsync($"{number}")));
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal((12, 3), (fixture.Handler.All.Count, most));
    }

    [Fact]
    public async Task Messages_flow_again_after_an_outage_of_the_bus()
    {
        await using var fixture = await StartAsync();
        await fixture.Bus.Bus.WaitAsync(() => fixture.Bus.Bus.WaitingReceivers(BusFixture.Queue) == 1, Cancelled);
        fixture.Bus.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "receive", Status = 503, Times = 2 });
        await fixture.Bus.SendAsync("a");
        await fixture.Bus.SendAsync("b");
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal(2, fixture.Handler.All.Count);
    }

    [Fact]
    public async Task A_completion_is_tried_again_when_the_bus_fails_once()
    {
        await using var fixture = await StartAsync();
        fixture.Bus.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "complete", Drop = true, Times = 1 });
        await fixture.Bus.SendAsync("a");
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Single(fixture.Handler.All);
    }

    [Fact]
    public async Task A_message_waits_for_a_handler_that_is_gone_and_uses_up_no_deliveries()
    {
        var port = LocalPorts.FindFree();
        await using var fixture = await HostFixture.StartAsync(
            new AppFolder().WithQueue("SbFn", BusFixture.Queue), options => options with { AttachTo = new Uri($"http://127.0.0.1:{port}") });
        await fixture.Bus.SendAsync("{}");
        await WaitForOutputAsync(fixture, "SbFn failed");

        await using var handler = await RecordingHandler.StartAsync(port);
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);

        Assert.Equal(0, fixture.Bus.Bus.Count(BusFixture.Queue).DeadLettered);
        var handled = Assert.Single(handler.All, request => request.Body.Length > 0);
        Assert.Equal("2", (string?)JsonNode.Parse(handled.Body)!["Metadata"]!["DeliveryCount"]);
    }

    [Fact]
    public async Task A_message_in_hand_goes_back_when_the_host_stops()
    {
        await using var fixture = await StartAsync();
        fixture.Handler.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        await fixture.Bus.SendAsync("a");
        await fixture.Handler.NextAsync();
        await fixture.Host.DisposeAsync();
        Assert.Equal(new(Active: 1, 0, 0, 0), fixture.Bus.Bus.Count(BusFixture.Queue));
    }

    private static Task<HostFixture> StartAsync() => HostFixture.StartAsync(new AppFolder().WithQueue("SbFn", BusFixture.Queue));

    private static Task AnswerAsync(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(body);
    }

    private static Task WaitForOutputAsync(HostFixture fixture, string text) =>
        fixture.WaitForOutputAsync(line => line.Contains(text, StringComparison.Ordinal));
}
