using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>What goes in comes out, over AMQP with Microsoft's client.</summary>
public sealed class AmqpMessagesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_arrives_with_all_that_its_sender_gave_it()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var message = new ServiceBusMessage("body")
        {
            MessageId = "m1",
            ContentType = "application/json",
            CorrelationId = "correlation",
            Subject = "subject",
            To = "to",
            ReplyTo = "reply",
            ReplyToSessionId = "reply-session",
            PartitionKey = "partition",
            TimeToLive = TimeSpan.FromMinutes(5),
            ApplicationProperties =
            {
                ["text"] = "täxt",
                ["number"] = 42,
                ["long"] = long.MaxValue,
                ["real"] = 1.5,
                ["flag"] = true,
                ["id"] = Guid.Empty,
                ["time"] = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero),
            },
        };
        var raw = message.GetRawAmqpMessage();
        raw.Header.Priority = 7;
        raw.Footer["foot"] = "note";
        raw.MessageAnnotations["own"] = "annotation";
        raw.DeliveryAnnotations["hop"] = "annotation";
        await fixture.SendAsync(message);

        var received = await fixture.ReceiveAsync();

        Assert.Equal("body", received.Body.ToString());
        Assert.Equal("m1", received.MessageId);
        Assert.Equal("application/json", received.ContentType);
        Assert.Equal("correlation", received.CorrelationId);
        Assert.Equal("subject", received.Subject);
        Assert.Equal("to", received.To);
        Assert.Equal("reply", received.ReplyTo);
        Assert.Equal("reply-session", received.ReplyToSessionId);
        Assert.Equal("partition", received.PartitionKey);
        Assert.Equal(TimeSpan.FromMinutes(5), received.TimeToLive);
        Assert.Equal(message.ApplicationProperties.OrderBy(property => property.Key), received.ApplicationProperties.OrderBy(property => property.Key));
        var amqp = received.GetRawAmqpMessage();
        Assert.Equal((byte)7, amqp.Header.Priority);
        Assert.Equal("note", amqp.Footer["foot"]);
        Assert.Equal("annotation", amqp.MessageAnnotations["own"]);
        Assert.Equal("annotation", amqp.DeliveryAnnotations["hop"]);
        Assert.Equal(1, received.DeliveryCount);
        Assert.Equal(1, received.SequenceNumber);
        Assert.Equal(fixture.Time.GetUtcNow(), received.EnqueuedTime);
        Assert.InRange(received.LockedUntil - TimeProvider.System.GetUtcNow(), TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Equal(ServiceBusMessageState.Active, received.State);
    }

    [Fact]
    public async Task A_body_may_be_a_value_or_a_sequence()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var value = new ServiceBusMessage();
        value.GetRawAmqpMessage().Body = AmqpMessageBody.FromValue(42L);
        var sequence = new ServiceBusMessage();
        sequence.GetRawAmqpMessage().Body = AmqpMessageBody.FromSequence([["a", 1]]);
        await fixture.SendAsync(value);
        await fixture.SendAsync(sequence);

        Assert.True((await fixture.ReceiveAsync()).GetRawAmqpMessage().Body.TryGetValue(out var received));
        Assert.Equal(42L, received);
        Assert.True((await fixture.ReceiveAsync()).GetRawAmqpMessage().Body.TryGetSequence(out var items));
        Assert.Equal(["a", 1], items!.Single());
    }

    [Fact]
    public async Task Binary_and_empty_bodies_stay_as_they_are()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var bytes = Enumerable.Range(0, 100_000).Select(number => (byte)number).ToArray();
        await fixture.SendAsync(new ServiceBusMessage(bytes), new ServiceBusMessage());

        Assert.Equal(bytes, (await fixture.ReceiveAsync()).Body.ToArray());
        Assert.Empty((await fixture.ReceiveAsync()).Body.ToArray());
        Assert.Equal(bytes, fixture.Bus.Peek(AmqpFixture.Queue)[0].Body);
    }

    [Fact]
    public async Task A_batch_is_one_send_of_several_messages()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        using var batch = await fixture.Sender.CreateMessageBatchAsync(Stop);
        foreach (var body in new[] { "a", "b", "c" })
        {
            Assert.True(batch.TryAddMessage(new ServiceBusMessage(body) { MessageId = body }));
        }

        await fixture.Sender.SendMessagesAsync(batch, Stop);

        Assert.Equal(["a", "b", "c"], fixture.Bus.Peek(AmqpFixture.Queue).Select(message => message.MessageId));
        var send = Assert.Single(fixture.Traffic.Seen, seen => seen.Operation == "send");
        Assert.Equal((3, 201, "/work"), (send.Messages, send.Status, send.Path));
    }

    [Fact]
    public async Task A_message_without_an_id_gets_one()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync("a");
        await fixture.SendAsync("b");

        var ids = new[] { (await fixture.ReceiveAsync()).MessageId, (await fixture.ReceiveAsync()).MessageId };

        Assert.All(ids, id => Assert.False(string.IsNullOrEmpty(id)));
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused()
    {
        await using var fixture = await AmqpFixture.StartAsync();

        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.SendAsync(new ServiceBusMessage(new byte[300 * 1024])));

        Assert.Equal(ServiceBusFailureReason.MessageSizeExceeded, refused.Reason);
        await fixture.SendAsync("small");
        Assert.Equal("small", await fixture.ReceiveBodyAsync());
    }

    [Fact]
    public async Task The_same_id_within_the_window_is_accepted_and_dropped()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        for (var time = 0; time < 2; time++)
        {
            await fixture.SendAsync(new ServiceBusMessage("once") { MessageId = "m1" });
        }

        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Active);
        fixture.Advance(TimeSpan.FromMinutes(11));
        await fixture.SendAsync(new ServiceBusMessage("again") { MessageId = "m1" });
        Assert.Equal(2, fixture.Bus.Count(AmqpFixture.Queue).Active);
    }
}
