using Azure.Messaging.ServiceBus;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>The fault switches over AMQP, and what Microsoft's client makes of each refusal.</summary>
public sealed class AmqpFaultTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(403, null, ServiceBusFailureReason.QuotaExceeded, false)]
    [InlineData(404, null, ServiceBusFailureReason.MessagingEntityNotFound, false)]
    [InlineData(408, null, ServiceBusFailureReason.ServiceTimeout, true)]
    [InlineData(413, null, ServiceBusFailureReason.MessageSizeExceeded, false)]
    [InlineData(423, null, ServiceBusFailureReason.MessagingEntityDisabled, false)]
    [InlineData(429, null, ServiceBusFailureReason.ServiceBusy, true)]
    [InlineData(500, null, ServiceBusFailureReason.GeneralError, true)]
    [InlineData(503, null, ServiceBusFailureReason.ServiceBusy, true)]
    [InlineData(503, "amqp:internal-error", ServiceBusFailureReason.GeneralError, true)]
    public async Task A_refused_send_stores_nothing(int status, string? reason, ServiceBusFailureReason expected, bool isTransient)
    {
        await using var fixture = await AmqpFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = status, Reason = reason, Times = 1 });

        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.SendAsync("a"));

        Assert.Equal((expected, isTransient), (refused.Reason, refused.IsTransient));
        Assert.Equal(0, fixture.Bus.Count(AmqpFixture.Queue).Active);
        Assert.Equal(status, Assert.Single(fixture.Traffic.Seen, seen => seen.Operation == "send").Status);
    }

    [Theory]
    [InlineData(400, typeof(ArgumentException))]
    [InlineData(401, typeof(UnauthorizedAccessException))]
    [InlineData(405, typeof(InvalidOperationException))]
    [InlineData(501, typeof(NotSupportedException))]
    public async Task Some_refusals_are_exceptions_of_their_own(int status, Type expected)
    {
        await using var fixture = await AmqpFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = status, Times = 1 });

        Assert.IsType(expected, await Record.ExceptionAsync(() => fixture.SendAsync("a")));
    }

    [Fact]
    public async Task A_fault_is_aimed_by_the_body()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Contains = "b-body", Status = 500 });
        await fixture.SendAsync("a-body");

        await Assert.ThrowsAsync<ServiceBusException>(() => fixture.SendAsync("b-body"));
    }

    [Fact]
    public async Task A_dropped_connection_comes_back()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Drop = true, Times = 1 });

        var lost = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.SendAsync("b"));

        Assert.Equal((ServiceBusFailureReason.ServiceCommunicationProblem, true), (lost.Reason, lost.IsTransient));
        await fixture.SendAsync("c");
        Assert.Equal(2, fixture.Bus.Count(AmqpFixture.Queue).Active);
        Assert.Equal([201, 0, 201], fixture.Traffic.Seen.Where(seen => seen.Operation == "send").Select(seen => seen.Status));
    }

    [Fact]
    public async Task An_answer_is_lost_after_the_message_was_stored()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Stage = FaultStage.After, Drop = true, Times = 1 });

        await Assert.ThrowsAsync<ServiceBusException>(() => fixture.SendAsync(new ServiceBusMessage("a") { MessageId = "m1" }));

        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Active);
        await fixture.SendAsync(new ServiceBusMessage("a") { MessageId = "m1" });
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Active);
    }

    [Fact]
    public async Task A_message_is_stored_twice()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Duplicate = true, Times = 1 });

        await fixture.SendAsync(new ServiceBusMessage("a") { MessageId = "m1" });

        Assert.Equal(["m1", "m1"], fixture.Bus.Peek(AmqpFixture.Queue).Select(message => message.MessageId));
    }

    [Fact]
    public async Task The_newest_message_comes_first()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync(new ServiceBusMessage("old"), new ServiceBusMessage("new"));
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "receive", Reorder = true, Times = 1 });

        Assert.Equal("new", await fixture.ReceiveBodyAsync());
        Assert.Equal("old", await fixture.ReceiveBodyAsync());
    }

    [Fact]
    public async Task A_message_is_held_until_the_test_lets_it_go()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var (held, open) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        fixture.Traffic.Hook = (seen, stage) =>
        {
            if (seen.Operation != "receive" || stage != FaultStage.After)
            {
                return Task.CompletedTask;
            }

            held.TrySetResult();
            return open.Task;
        };
        await fixture.SendAsync("a");
        var receiving = fixture.ReceiveAsync();
        await held.Task.WaitAsync(Stop);
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Locked);
        Assert.False(receiving.IsCompleted);

        open.SetResult();

        Assert.Equal("a", (await receiving).Body.ToString());
    }

    [Fact]
    public async Task A_lost_completion_leaves_the_message_locked_or_completed()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "complete", Drop = true, Times = 1 });

        await Assert.ThrowsAnyAsync<Exception>(() => fixture.Receiver.CompleteMessageAsync(message, Stop));

        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Locked);
        await fixture.Receiver.CompleteMessageAsync(message, Stop);
        Assert.Equal(0, fixture.Bus.Count(AmqpFixture.Queue).Locked);
    }

    [Fact]
    public async Task A_silent_connection_never_answers_while_others_do()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Silence = true, Times = 1 });
        var silent = fixture.SendAsync("b");
        await fixture.Traffic.WaitAsync(() => fixture.Traffic.Seen.Count(seen => seen.Operation == "send") == 2, Stop);
        await using var other = fixture.NewClient();

        await other.CreateSender(AmqpFixture.Queue).SendMessageAsync(new ServiceBusMessage("c"), Stop);

        Assert.False(silent.IsCompleted);
        await fixture.Client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => silent);
    }
}
