using System.Net;
using BlokSec.Local.Tests.ServiceBus;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>A function app that somebody starts in a debugger, while everything else already runs.</summary>
public sealed class AttachedWorkerTests
{
    private static readonly Uri Probe = new("api/probe", UriKind.Relative);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_and_messages_wait_for_an_app_that_is_started_later()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await HostFixture.StartAloneAsync(options => options with
        {
            QueuesEnabled = true,
            NoTimeout = true,
            Time = bus.Time,
            Environment = new Dictionary<string, string> { ["ServiceBus"] = bus.Bus.ConnectionString },
        });
        await bus.SendAsync("{}");
        var early = fixture.Client.GetAsync(Probe, Stop);
        bus.Advance(TimeSpan.FromHours(1));
        Assert.False(early.IsCompleted);

        await using var app = await ScriptedWorker.ConnectAsync(
            fixture.Host.WorkerEndpoint, new FunctionSet().WithHttp("Probe", "probe", "get").WithQueue("SbFn", AmqpFixture.Queue));

        using var answer = await early;
        Assert.True(answer.IsSuccessStatusCode);
        await bus.Bus.WaitUntilIdleAsync(Stop);
        Assert.Equal(0, bus.Bus.Count(AmqpFixture.Queue).DeadLettered);
    }

    [Fact]
    public async Task Calls_wait_for_the_next_app_when_one_is_stopped_and_it_may_have_other_functions()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithHttp("Probe", "probe", "get"));
        using var first = await fixture.Client.GetAsync(Probe, Stop);
        await fixture.Worker.DisposeAsync();
        await fixture.WaitForOutputAsync("The worker disconnected");
        var waiting = fixture.Client.GetAsync(Probe, Stop);

        await using var next = await ScriptedWorker.ConnectAsync(
            fixture.Host.WorkerEndpoint, new FunctionSet().WithHttp("Probe", "probe", "get").WithHttp("New", "new", "get").WithTimer("Timer", "0 0 0 1 1 *"));

        using var second = await waiting;
        using var other = await fixture.Client.GetAsync(new Uri("api/new", UriKind.Relative), Stop);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode, other.StatusCode));
        Assert.True(await fixture.Host.RunTimerAsync("Timer"));
        Assert.Equal(["New", "Probe", "Timer"], fixture.Host.Functions.Select(function => function.Name));
    }

    [Fact]
    public async Task A_call_in_flight_fails_when_the_app_is_stopped()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithHttp("Probe", "probe", "get"));
        fixture.Worker.Answer = (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        var call = fixture.Client.GetAsync(Probe, Stop);
        await fixture.Worker.NextInvocationAsync();
        await fixture.Worker.DisposeAsync();
        using var answer = await call;
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
    }

    [Fact]
    public async Task A_worker_with_functions_that_are_not_supported_is_turned_away_and_the_next_one_may_come()
    {
        await using var fixture = await HostFixture.StartAloneAsync();
        var ready = fixture.Host.WaitUntilReadyAsync(Stop);
        await using var bad = await ScriptedWorker.ConnectAsync(
            fixture.Host.WorkerEndpoint, new FunctionSet().With("Bad", new { type = "blobTrigger", direction = "In", name = "blob" }));
        Assert.Contains("blobTrigger", (await Assert.ThrowsAsync<InvalidDataException>(() => ready)).Message, StringComparison.Ordinal);

        await using var good = await ScriptedWorker.ConnectAsync(fixture.Host.WorkerEndpoint, new FunctionSet().WithHttp("Probe", "probe", "get"));
        using var answer = await fixture.Client.GetAsync(Probe, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task A_worker_that_does_not_listen_for_http_is_turned_away()
    {
        await using var fixture = await HostFixture.StartAloneAsync();
        var ready = fixture.Host.WaitUntilReadyAsync(Stop);
        await using var bad = await ScriptedWorker.ConnectAsync(
            fixture.Host.WorkerEndpoint, new FunctionSet().WithHttp("Probe", "probe", "get"), capabilities: ("HttpUri", ""));
        Assert.Contains("ASP.NET Core", (await Assert.ThrowsAsync<InvalidDataException>(() => ready)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ServiceBus__fullyQualifiedNamespace", "is not supported locally")]
    [InlineData("Other", "the setting ServiceBus is missing")]
    public async Task A_queue_needs_a_connection_string(string setting, string expected)
    {
        await using var fixture = await HostFixture.StartAloneAsync(options => options with
        {
            QueuesEnabled = true,
            Environment = new Dictionary<string, string> { [setting] = "bus.example.com" },
        });
        var ready = fixture.Host.WaitUntilReadyAsync(Stop);
        await using var worker = await ScriptedWorker.ConnectAsync(fixture.Host.WorkerEndpoint, new FunctionSet().WithQueue("SbFn", "work"));
        Assert.Contains(expected, (await Assert.ThrowsAsync<InvalidDataException>(() => ready)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_queue_function_can_be_run_with_a_message_that_never_was_in_a_queue()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithQueue("SbFn", "work"));
        Assert.True(await fixture.Host.InvokeQueueAsync(
            "SbFn",
            """{"messageid":"forged","deep":{"a":1,"list":[1]},"list":[1],"none":null,"yes":true,"text":"ü \"q\""}""",
            new Dictionary<string, string>
            {
                ["MessageId"] = "m1",
                ["DeliveryCount"] = "3",
                ["Subject"] = "s",
                ["ApplicationProperties"] = """{"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","n":1}""",
            }));
        var invocation = await fixture.Worker.NextInvocationAsync();
        var metadata = invocation.TriggerMetadata;

        // Members of the body replace the host's own properties, whatever their case.
        Assert.Equal("forged", metadata["MessageId"].String);
        Assert.False(metadata.ContainsKey("messageid"));
        Assert.Equal(("3", "s", """{"a":"1"}""", "True", "ü \"q\""), (metadata["DeliveryCount"].Json, metadata["Subject"].String, metadata["deep"].Json, metadata["yes"].String, metadata["text"].String));
        Assert.False(metadata.ContainsKey("list") || metadata.ContainsKey("none"));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", invocation.TraceContext.TraceParent);
    }
}
