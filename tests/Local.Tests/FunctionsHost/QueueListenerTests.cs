using Azure.Messaging.ServiceBus;
using BlokSec.Local.Faults;
using BlokSec.Local.Tests.ServiceBus;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>Messages of a queue, received as Service Bus's own client does it.</summary>
public sealed class QueueListenerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_as_the_real_host_sends_it_and_is_completed()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus);
        await bus.SendAsync(new ServiceBusMessage("""{"n":1}""")
        {
            MessageId = "m1",
            Subject = "my-label",
            CorrelationId = "corr-1",
            To = "dest",
            ReplyTo = "rq",
            ContentType = "application/json",
            ApplicationProperties = { ["kind"] = "order", ["num"] = 7, ["Diagnostic-Id"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
        });

        var invocation = await fixture.Worker.NextInvocationAsync();

        Assert.Equal("id of SbFn", invocation.FunctionId);
        var input = Assert.Single(invocation.InputData);
        Assert.Equal(("message", """{"n":1}"""), (input.Name, input.Data.String));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", invocation.TraceContext.TraceParent);
        var metadata = invocation.TriggerMetadata;
        Assert.Equal(
            ("m1", "my-label", "corr-1", "dest", "rq", "application/json", "1"),
            (metadata["MessageId"].String, metadata["Subject"].String, metadata["CorrelationId"].String, metadata["To"].String, metadata["ReplyTo"].String, metadata["ContentType"].String, metadata["n"].String));
        Assert.Equal(
            ("1", "1", "\"2030-01-02T03:04:05\"", "\"2030-01-02T03:04:05+00:00\""),
            (metadata["DeliveryCount"].Json, metadata["SequenceNumber"].Json, metadata["EnqueuedTimeUtc"].Json, metadata["EnqueuedTime"].Json));
        Assert.Contains("\"kind\":\"order\",\"num\":7", metadata["ApplicationProperties"].Json, StringComparison.Ordinal);
        Assert.True(Guid.TryParse(metadata["LockToken"].String, out _));
        await bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal(new(0, 0, 0, 0), bus.Bus.Count(AmqpFixture.Queue));
    }

    [Fact]
    public async Task A_message_without_a_trace_begins_one()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus);
        var message = new ServiceBusMessage("a");
        await bus.SendAsync(message, new ServiceBusMessage("b") { ApplicationProperties = { ["Diagnostic-Id"] = "nonsense" } });
        var traces = new[] { await fixture.Worker.NextInvocationAsync(), await fixture.Worker.NextInvocationAsync() };
        Assert.All(traces, invocation => Assert.True(System.Diagnostics.ActivityContext.TryParse(invocation.TraceContext.TraceParent, null, out _)));
    }

    [Fact]
    public async Task A_message_that_fails_comes_back_at_once_until_it_is_dead_lettered()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus, prepare: worker => worker.Succeeds = _ => Task.FromResult(false));
        await bus.SendAsync("poison");
        await bus.Bus.WaitAsync(() => bus.Bus.Count(AmqpFixture.Queue).DeadLettered == 1, Cancelled);
        Assert.Equal(["1", "2", "3"], fixture.Worker.Invocations.Select(invocation => invocation.TriggerMetadata["DeliveryCount"].Json));
    }

    [Fact]
    public async Task A_message_that_takes_too_long_is_taken_back_and_comes_again()
    {
        await using var bus = await AmqpFixture.StartAsync();
        var hangs = true;
        await using var fixture = await StartAsync(
            bus,
            prepare: worker => worker.Succeeds = _ => Volatile.Read(ref hangs) ? new TaskCompletionSource<bool>().Task : Task.FromResult(true));
        await bus.SendAsync("a");
        var first = await fixture.Worker.NextInvocationAsync();
        Volatile.Write(ref hangs, false);
        bus.Advance(TimeSpan.FromMinutes(5));
        var second = await fixture.Worker.NextInvocationAsync();
        await bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal("2", second.TriggerMetadata["DeliveryCount"].Json);
        await fixture.Worker.WaitUntilCancelledAsync(first.InvocationId);
        await fixture.WaitForOutputAsync("functionTimeout; the call fails");
    }

    [Fact]
    public async Task A_lock_is_renewed_while_its_message_is_handled()
    {
        await using var bus = await AmqpFixture.StartAsync();
        var finish = new TaskCompletionSource<bool>();
        await using var fixture = await StartAsync(bus, prepare: worker => worker.Succeeds = _ => finish.Task);
        await bus.SendAsync("slow");
        await fixture.Worker.NextInvocationAsync();
        var renewed = bus.Traffic.WaitAsync(() => bus.Traffic.Seen.Any(request => request is { Operation: "renew", Status: 200 }), Cancelled);
        bus.Advance(TimeSpan.FromSeconds(50));
        await renewed;
        bus.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(1, bus.Bus.Count(AmqpFixture.Queue).Locked);

        finish.SetResult(true);
        await bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Single(fixture.Worker.Invocations);
    }

    [Fact]
    public async Task No_more_messages_are_handled_at_once_than_the_host_allows()
    {
        await using var bus = await AmqpFixture.StartAsync();
        var running = 0;
        var most = 0;
        var full = new TaskCompletionSource();
        await using var fixture = await StartAsync(bus, hostJson: AppFolder.Host(maxConcurrentCalls: 3), prepare: worker => worker.Succeeds = async _ =>
        {
            var now = Interlocked.Increment(ref running);
            most = Math.Max(most, now);
            if (now == 3)
            {
                full.TrySetResult();
            }

            await full.Task;
            Interlocked.Decrement(ref running);
            return true;
        });
        await bus.SendAsync([.. Enumerable.Range(0, 12).Select(number => new ServiceBusMessage($"{number}"))]);
        await bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal((12, 3), (fixture.Worker.Invocations.Count, most));
    }

    [Fact]
    public async Task Messages_flow_again_after_an_outage_of_the_bus()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus);
        bus.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "receive", Drop = true, Times = 2 });
        await bus.SendAsync(new ServiceBusMessage("a"), new ServiceBusMessage("b"));
        await bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal(2, fixture.Worker.Invocations.Count);
    }

    [Fact]
    public async Task A_message_whose_completion_is_lost_comes_again_when_its_lock_ends()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus);
        bus.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "complete", Drop = true, Times = 1 });
        await bus.SendAsync("a");
        await fixture.WaitForOutputAsync("could not be settled and will be delivered again");
        bus.Advance(TimeSpan.FromSeconds(60));
        await bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal(["1", "2"], fixture.Worker.Invocations.Select(invocation => invocation.TriggerMetadata["DeliveryCount"].Json));
    }

    [Fact]
    public async Task A_message_waits_for_a_worker_that_is_gone_and_uses_up_no_deliveries()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus, prepare: worker => worker.Succeeds = _ => new TaskCompletionSource<bool>().Task);
        await bus.SendAsync("a");
        await fixture.Worker.NextInvocationAsync();
        await fixture.Worker.DisposeAsync();
        await fixture.WaitForOutputAsync("SbFn failed: The worker is gone.");

        await using var next = await ScriptedWorker.ConnectAsync(fixture.Host.WorkerEndpoint, Functions());
        await bus.Bus.WaitUntilIdleAsync(Cancelled);

        Assert.Equal(0, bus.Bus.Count(AmqpFixture.Queue).DeadLettered);
        Assert.Equal("2", Assert.Single(next.Invocations).TriggerMetadata["DeliveryCount"].Json);
    }

    [Fact]
    public async Task A_message_in_hand_goes_back_when_the_host_stops()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await StartAsync(bus, prepare: worker => worker.Succeeds = _ => new TaskCompletionSource<bool>().Task);
        await bus.SendAsync("a");
        await fixture.Worker.NextInvocationAsync();
        await fixture.Host.DisposeAsync();
        Assert.Equal(new(Active: 1, 0, 0, 0), bus.Bus.Count(AmqpFixture.Queue));
    }

    [Fact]
    public async Task A_host_that_stops_leaves_no_message_locked()
    {
        await using var bus = await AmqpFixture.StartAsync();
        for (var round = 0; round < 10; round++)
        {
            await using var fixture = await StartAsync(bus, prepare: worker => worker.Succeeds = _ => new TaskCompletionSource<bool>().Task);
            await bus.SendAsync($"{round}");
            var sending = bus.SendAsync($"{round} while it stops");
            await fixture.Host.DisposeAsync();
            await sending;
            Assert.Equal(0, bus.Bus.Count(AmqpFixture.Queue).Locked);
        }
    }

    private static FunctionSet Functions() => new FunctionSet().WithQueue("SbFn", AmqpFixture.Queue);

    private static Task<HostFixture> StartAsync(AmqpFixture bus, object? hostJson = null, Action<ScriptedWorker>? prepare = null) => HostFixture.StartAsync(
        Functions(),
        options => options with { QueuesEnabled = true, Time = bus.Time, Environment = new Dictionary<string, string> { ["ServiceBus"] = bus.Bus.ConnectionString } },
        hostJson,
        prepare);
}
