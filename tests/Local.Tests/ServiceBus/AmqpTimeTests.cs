using Azure.Messaging.ServiceBus;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>Scheduling, expiry and restarts, over AMQP with Microsoft's client.</summary>
public sealed class AmqpTimeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_scheduled_message_comes_when_it_is_due_to_the_millisecond()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var due = fixture.Time.GetUtcNow().AddMilliseconds(90_250);
        await fixture.SendAsync(new ServiceBusMessage("later") { ScheduledEnqueueTime = due });
        Assert.Equal(new(0, 0, Scheduled: 1, 0), fixture.Bus.Count(AmqpFixture.Queue));
        fixture.Advance(TimeSpan.FromMilliseconds(90_249));
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Scheduled);
        var receiving = fixture.ReceiveAsync();
        await fixture.Bus.WaitAsync(() => fixture.Bus.WaitingReceivers(AmqpFixture.Queue) == 1, Stop);

        fixture.Advance(TimeSpan.FromMilliseconds(1));

        var received = await receiving;
        Assert.Equal(due, received.ScheduledEnqueueTime);
        Assert.Equal(due, received.EnqueuedTime);
    }

    [Fact]
    public async Task Messages_are_scheduled_and_taken_back_by_their_numbers()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        var numbers = await fixture.Sender.ScheduleMessagesAsync(
            [new ServiceBusMessage("a"), new ServiceBusMessage("b")], fixture.Time.GetUtcNow().AddHours(1), Stop);
        Assert.Equal(2, fixture.Bus.Count(AmqpFixture.Queue).Scheduled);

        await fixture.Sender.CancelScheduledMessageAsync(numbers[0], Stop);

        Assert.Equal("b", System.Text.Encoding.UTF8.GetString(Assert.Single(fixture.Bus.Peek(AmqpFixture.Queue)).Body));
        var refused = await Assert.ThrowsAsync<ServiceBusException>(() => fixture.Sender.CancelScheduledMessageAsync(numbers[0], Stop));
        Assert.Equal(ServiceBusFailureReason.MessageNotFound, refused.Reason);
        Assert.Equal(2, Assert.Single(fixture.Traffic.Seen, seen => seen.Operation == "schedule").Messages);
    }

    [Fact]
    public async Task A_message_expires()
    {
        await using var fixture = await AmqpFixture.StartAsync();
        await fixture.SendAsync(new ServiceBusMessage("a") { TimeToLive = TimeSpan.FromMinutes(5) });
        fixture.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(1, fixture.Bus.Count(AmqpFixture.Queue).Active);

        fixture.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Count(AmqpFixture.Queue));
    }

    [Fact]
    public async Task Messages_of_an_earlier_version_are_not_lost()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-bus-").FullName;
        var path = Path.Combine(folder, "bus.db");
        try
        {
            await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
            {
                await connection.OpenAsync(Stop);
                await using var command = connection.CreateCommand();
                command.CommandText = """
                    CREATE TABLE messages (id INTEGER PRIMARY KEY, queue TEXT, sequence INTEGER, state INTEGER, due INTEGER, message_id TEXT,
                        enqueued INTEGER, expires INTEGER, delivery_count INTEGER, lock_token TEXT, broker_properties TEXT,
                        custom_properties TEXT, content_type TEXT, body BLOB);
                    INSERT INTO messages VALUES (1, 'work', 7, 0, 3155378975999999999, 'm1', 0, 3155378975999999999, 1, NULL, '{}', '{}',
                        'application/json', CAST('{"a":1}' AS BLOB));
                    """;
                await command.ExecuteNonQueryAsync(Stop);
            }

            await using var fixture = await AmqpFixture.StartAsync(path);
            var received = await fixture.ReceiveAsync();
            Assert.Equal(
                ("m1", "application/json", """{"a":1}""", 2, 7),
                (received.MessageId, received.ContentType, received.Body.ToString(), received.DeliveryCount, received.SequenceNumber));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Messages_survive_a_restart_and_so_do_their_properties()
    {
        var folder = Directory.CreateTempSubdirectory("bloksec-bus-").FullName;
        var time = new FakeTimeProvider();
        try
        {
            await using (var fixture = await AmqpFixture.StartAsync(Path.Combine(folder, "bus.db"), time))
            {
                await fixture.SendAsync(new ServiceBusMessage("a") { ApplicationProperties = { ["name"] = "value" } });
                await fixture.ReceiveAsync();
            }

            await using var restarted = await AmqpFixture.StartAsync(Path.Combine(folder, "bus.db"), time);
            var received = await restarted.ReceiveAsync();
            Assert.Equal(("a", "value", 2), (received.Body.ToString(), received.ApplicationProperties["name"], received.DeliveryCount));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
