using Azure.Messaging.ServiceBus;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>Locks, and what receivers say of messages, over AMQP with Microsoft's client.</summary>
public sealed class AmqpSettlementTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_completed_message_is_gone()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        var received = await fixture.ReceiveAsync();
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Locked);

        await fixture.Receiver.CompleteMessageAsync(received, Stop);

        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Count(AmqpFixture.Queue));
        Assert.Single(fixture.Traffic.Seen, seen => seen is { Operation: "complete", Status: 200, Path: "/work" });
    }

    [Fact]
    public async Task An_abandoned_message_comes_again_and_counts()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        await fixture.Receiver.AbandonMessageAsync(await fixture.ReceiveAsync(), new Dictionary<string, object> { ["why"] = "because" }, Stop);

        var again = await fixture.ReceiveAsync();

        Assert.Equal(2, again.DeliveryCount);
        Assert.Equal("because", again.ApplicationProperties["why"]);
    }

    [Fact]
    public async Task After_the_last_delivery_a_message_goes_to_the_dead_letter_queue()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync(new ServiceBusMessage("a") { ApplicationProperties = { ["kept"] = 1 } });
        for (var delivery = 1; delivery <= AmqpFixture.MaxDeliveries; delivery++)
        {
            var message = await fixture.ReceiveAsync();
            Assert.Equal(delivery, message.DeliveryCount);
            await fixture.Receiver.AbandonMessageAsync(message, cancellationToken: Stop);
        }

        var dead = await DeadLetterAsync(fixture);

        Assert.Equal("MaxDeliveryCountExceeded", dead.DeadLetterReason);
        Assert.Equal("Message could not be consumed after 3 delivery attempts.", dead.DeadLetterErrorDescription);
        Assert.Equal(1, dead.ApplicationProperties["kept"]);
        Assert.Equal(AmqpFixture.Queue, dead.DeadLetterSource);
        Assert.Equal(1, dead.EnqueuedSequenceNumber);
    }

    [Fact]
    public async Task A_message_is_given_up_with_reason_and_description()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        await fixture.Receiver.DeadLetterMessageAsync(
            await fixture.ReceiveAsync(), new Dictionary<string, object> { ["more"] = 7 }, "reason", "description", Stop);

        var dead = await DeadLetterAsync(fixture);

        Assert.Equal(("a", "reason", "description"), (dead.Body.ToString(), dead.DeadLetterReason, dead.DeadLetterErrorDescription));
        Assert.Equal(7, dead.ApplicationProperties["more"]);
        Assert.Single(fixture.Traffic.Seen, seen => seen is { Operation: "dead-letter", Status: 200 });
    }

    [Fact]
    public async Task A_lock_ends_and_the_message_comes_again()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        var first = await fixture.ReceiveAsync();
        fixture.Advance(TimeSpan.FromSeconds(61));

        var again = await fixture.ReceiveAsync();

        Assert.Equal(2, again.DeliveryCount);
        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.Receiver.CompleteMessageAsync(first, Stop));
        Assert.Equal(ServiceBusFailureReason.MessageLockLost, refused.Reason);
        await fixture.Receiver.CompleteMessageAsync(again, Stop);
    }

    [Fact]
    public async Task A_lock_is_renewed()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        fixture.Advance(TimeSpan.FromSeconds(50));

        var before = message.LockedUntil;
        await fixture.Receiver.RenewMessageLockAsync(message, Stop);

        Assert.True(message.LockedUntil > before);
        fixture.Advance(TimeSpan.FromSeconds(50));
        await fixture.Receiver.CompleteMessageAsync(message, Stop);
        Assert.Single(fixture.Traffic.Seen, seen => seen is { Operation: "renew", Status: 200 });
    }

    [Fact]
    public async Task A_lock_that_is_over_is_not_renewed()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        fixture.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Active);

        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.Receiver.RenewMessageLockAsync(message, Stop));

        Assert.Equal(ServiceBusFailureReason.MessageLockLost, refused.Reason);
    }

    [Fact]
    public async Task A_message_is_put_aside_and_received_by_its_number()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("aside");
        await fixture.SendAsync("next");
        var aside = await fixture.ReceiveAsync();
        await fixture.Receiver.DeferMessageAsync(aside, new Dictionary<string, object> { ["why"] = "later" }, Stop);
        Assert.Equal("next", await fixture.ReceiveBodyAsync());
        Assert.Equal(new(Active: 0, Locked: 1, 0, 0, Deferred: 1), fixture.Bus.Count(AmqpFixture.Queue));

        var received = await fixture.Receiver.ReceiveDeferredMessageAsync(aside.SequenceNumber, Stop);

        Assert.Equal(("aside", "later", 2), (received.Body.ToString(), received.ApplicationProperties["why"], received.DeliveryCount));
        Assert.Equal(ServiceBusMessageState.Deferred, received.State);
        await fixture.Receiver.AbandonMessageAsync(received, cancellationToken: Stop);
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Deferred);
        await fixture.Receiver.CompleteMessageAsync(await fixture.Receiver.ReceiveDeferredMessageAsync(aside.SequenceNumber, Stop), Stop);
        Assert.Equal(0, fixture.Bus.Count(AmqpFixture.Queue).Deferred);
    }

    [Fact]
    public async Task A_number_that_nothing_has_is_not_found()
    {
        await using var fixture = await AmqpFixture.StartAsync();

        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.Receiver.ReceiveDeferredMessageAsync(99, Stop));

        Assert.Equal(ServiceBusFailureReason.MessageNotFound, refused.Reason);
    }

    [Fact]
    public async Task What_is_received_for_good_is_gone()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var receiver = fixture.Client.CreateReceiver(
            AmqpFixture.Queue, new ServiceBusReceiverOptions { ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        await fixture.SendAsync("a");

        Assert.Equal("a", (await receiver.ReceiveMessageAsync(cancellationToken: Stop)).Body.ToString());

        await fixture.Bus.WaitUntilIdleAsync(Stop);
        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Count(AmqpFixture.Queue));
    }

    [Fact]
    public async Task Another_link_of_the_same_client_settles_what_the_first_received()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        await using var other = fixture.Client.CreateReceiver(AmqpFixture.Queue);

        await other.CompleteMessageAsync(message, Stop);

        Assert.Equal(0, fixture.Bus.Count(AmqpFixture.Queue).Locked);
    }

    [Fact]
    public async Task Peeking_sees_all_and_changes_nothing()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        Assert.Null(await fixture.Receiver.PeekMessageAsync(cancellationToken: Stop));
        await fixture.SendAsync("locked");
        await fixture.SendAsync(new ServiceBusMessage("scheduled") { ScheduledEnqueueTime = fixture.Time.GetUtcNow().AddHours(1) });
        await fixture.SendAsync("active");
        await fixture.ReceiveAsync();

        var peeked = await fixture.Receiver.PeekMessagesAsync(10, fromSequenceNumber: 1, Stop);

        Assert.Equal(["locked", "scheduled", "active"], peeked.Select(message => message.Body.ToString()));
        Assert.Equal([1, 0, 0], peeked.Select(message => message.DeliveryCount));
        Assert.Equal(ServiceBusMessageState.Scheduled, peeked[1].State);
        Assert.Equal(["active"], (await fixture.Receiver.PeekMessagesAsync(10, fromSequenceNumber: 3, Stop)).Select(message => message.Body.ToString()));
        Assert.Equal(new(Active: 1, Locked: 1, Scheduled: 1, 0), fixture.Bus.Count(AmqpFixture.Queue));
    }

    [Fact]
    public async Task A_processor_handles_messages_and_settles_them()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await using var processor = fixture.Client.CreateProcessor(AmqpFixture.Queue, new ServiceBusProcessorOptions { MaxConcurrentCalls = 4, PrefetchCount = 5 });
        var (left, all) = (20, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        processor.ProcessMessageAsync += _ =>
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                all.SetResult();
            }

            return Task.CompletedTask;
        };
        processor.ProcessErrorAsync += error =>
        {
            all.TrySetException(error.Exception);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync(Stop);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => fixture.SendAsync($"{number}")));

        await all.Task.WaitAsync(Stop);
        await fixture.Bus.WaitUntilIdleAsync(Stop);
        await processor.StopProcessingAsync(Stop);
        Assert.Equal(20, fixture.Traffic.Seen.Count(seen => seen.Operation == "complete"));
    }

    [Fact]
    public async Task A_message_is_handed_to_one_of_many_receivers()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var clients = Enumerable.Range(0, 4).Select(_ => fixture.NewClient()).ToArray();
        var receiving = clients.Select(client => client.CreateReceiver(AmqpFixture.Queue).ReceiveMessageAsync(cancellationToken: Stop)).ToArray();
        await fixture.Bus.WaitAsync(() => fixture.Bus.WaitingReceivers(AmqpFixture.Queue) == 4, Stop);

        await fixture.SendAsync(Enumerable.Range(0, 4).Select(number => new ServiceBusMessage($"{number}")).ToArray());

        var received = await Task.WhenAll(receiving);
        Assert.Equal(["0", "1", "2", "3"], received.Select(message => message.Body.ToString()).Order());
        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask()));
    }

    private static async Task<ServiceBusReceivedMessage> DeadLetterAsync(AmqpFixture fixture)
    {
        var receiver = fixture.Client.CreateReceiver(AmqpFixture.Queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        return await receiver.ReceiveMessageAsync(cancellationToken: Stop);
    }
}
