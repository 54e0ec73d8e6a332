using System.Net;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Tests.ServiceBus;

public sealed class ReceiveMessageTests
{
    [Fact]
    public async Task A_received_message_is_hidden_until_it_is_completed()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        Assert.Equal((1, BusFixture.Start.AddSeconds(60)), (message!.DeliveryCount, message.LockedUntil));
        Assert.Equal($"{fixture.Bus.Address}work/messages/1/{message.Properties["LockToken"]}", message.Location!.ToString());
        Assert.Null(await fixture.ReceiveAsync());

        Assert.Equal(HttpStatusCode.OK, await fixture.SettleAsync(HttpMethod.Delete, message.Location));
        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Count(BusFixture.Queue));
    }

    [Fact]
    public async Task A_message_can_be_settled_by_its_message_id()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a", new { MessageId = "m1" });
        var message = await fixture.ReceiveAsync();
        var location = new Uri($"work/messages/m1/{message!.Properties["LockToken"]}", UriKind.Relative);
        Assert.Equal(HttpStatusCode.OK, await fixture.SettleAsync(HttpMethod.Delete, location));
    }

    [Fact]
    public async Task An_abandoned_message_comes_back_first_with_a_raised_delivery_count()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        await fixture.SendAsync("b");
        var message = await fixture.ReceiveAsync();
        Assert.Equal(HttpStatusCode.OK, await fixture.SettleAsync(HttpMethod.Put, message!.Location!));
        var again = await fixture.ReceiveAsync();
        Assert.Equal(("a", 2), (again!.Body, again.DeliveryCount));
        Assert.Equal(HttpStatusCode.NotFound, await fixture.SettleAsync(HttpMethod.Delete, message.Location!));
    }

    [Fact]
    public async Task A_lock_that_ran_out_gives_the_message_back()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        var first = await fixture.ReceiveAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(HttpStatusCode.NotFound, await fixture.SettleAsync(HttpMethod.Delete, first!.Location!));
        Assert.Equal(2, (await fixture.ReceiveAsync())!.DeliveryCount);
    }

    [Fact]
    public async Task A_renewed_lock_holds_for_its_full_time_again()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.OK, await fixture.SettleAsync(HttpMethod.Post, message!.Location!));
        fixture.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Null(await fixture.ReceiveAsync());
        Assert.Equal(HttpStatusCode.OK, await fixture.SettleAsync(HttpMethod.Delete, message.Location!));
    }

    [Fact]
    public async Task The_last_allowed_delivery_sends_the_message_to_the_dead_letter_queue()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("poison", new { MessageId = "m1" });
        for (var delivery = 1; delivery <= 3; delivery++)
        {
            var message = await fixture.ReceiveAsync();
            Assert.Equal(delivery, message!.DeliveryCount);
            await fixture.SettleAsync(HttpMethod.Put, message.Location!);
        }

        Assert.Null(await fixture.ReceiveAsync());
        Assert.Equal(new(0, 0, 0, DeadLettered: 1), fixture.Bus.Count(BusFixture.Queue));
        var dead = await fixture.ReceiveAsync(BusFixture.DeadLetters);
        Assert.Equal(("poison", "m1"), (dead!.Body, (string?)dead.Properties["MessageId"]));
        Assert.Equal("\"MaxDeliveryCountExceeded\"", Assert.Single(dead.Headers.GetValues("DeadLetterReason")));
        Assert.Equal(HttpStatusCode.OK, await fixture.SettleAsync(HttpMethod.Delete, dead.Location!));
        Assert.Equal(0, fixture.Bus.Count(BusFixture.Queue).DeadLettered);
    }

    [Fact]
    public async Task Receive_and_delete_takes_the_message_at_once()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        using var response = await fixture.Client.DeleteAsync(new Uri("work/messages/head?timeout=0", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var message = await Received.ReadAsync(response);
        Assert.Equal("a", message.Body);
        Assert.Null(message.Properties["LockToken"]);
        Assert.Equal(new(0, 0, 0, 0), fixture.Bus.Count(BusFixture.Queue));
    }

    [Fact]
    public async Task A_waiting_receiver_is_woken_by_a_message()
    {
        await using var fixture = await BusFixture.StartAsync();
        var waiting = fixture.ReceiveAsync(timeout: 60);
        await WaitsAsync(fixture);
        await fixture.SendAsync("a");
        Assert.Equal("a", (await waiting)!.Body);
    }

    [Fact]
    public async Task A_waiting_receiver_is_woken_when_a_scheduled_message_becomes_due()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("later", new { ScheduledEnqueueTimeUtc = "Wed, 02 Jan 2030 03:04:35 GMT" });
        var waiting = fixture.ReceiveAsync(timeout: 60);
        await WaitsAsync(fixture);
        fixture.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("later", (await waiting)!.Body);
    }

    [Fact]
    public async Task A_receiver_that_waited_in_vain_gets_no_content()
    {
        await using var fixture = await BusFixture.StartAsync();
        var waiting = fixture.ReceiveAsync(timeout: 5);
        await WaitsAsync(fixture);
        fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await waiting);
    }

    [Fact]
    public async Task A_receiver_that_left_takes_no_message_with_it()
    {
        await using var fixture = await BusFixture.StartAsync();
        using var leaving = new CancellationTokenSource();
        var waiting = fixture.ReceiveAsync(timeout: 60, cancellationToken: leaving.Token);
        await WaitsAsync(fixture);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await fixture.SendAsync("a");
        Assert.Equal("a", (await fixture.ReceiveAsync(timeout: 60))!.Body);
    }

    [Fact]
    public async Task A_time_out_that_is_no_number_is_refused()
    {
        await using var fixture = await BusFixture.StartAsync();
        using var response = await fixture.Client.PostAsync(new Uri("work/messages/head?timeout=soon", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_reorder_fault_hands_out_the_newest_message_first()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("old");
        await fixture.SendAsync("new");
        fixture.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "receive", Reorder = true, Times = 1 });
        Assert.Equal("new", (await fixture.ReceiveAsync())!.Body);
        Assert.Equal("old", (await fixture.ReceiveAsync())!.Body);
    }

    [Fact]
    public async Task The_bus_is_idle_when_every_message_is_settled()
    {
        await using var fixture = await BusFixture.StartAsync();
        await fixture.SendAsync("a");
        var message = await fixture.ReceiveAsync();
        var idle = fixture.Bus.WaitUntilIdleAsync(TestContext.Current.CancellationToken);
        Assert.False(idle.IsCompleted);
        await fixture.SettleAsync(HttpMethod.Delete, message!.Location!);
        await idle;
    }

    [Fact]
    public async Task Every_message_is_handed_out_once_to_many_receivers()
    {
        await using var fixture = await BusFixture.StartAsync();
        var receivers = Enumerable.Range(0, 20).Select(_ => fixture.ReceiveAsync(timeout: 60)).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => fixture.SendAsync($"{number}")));
        var bodies = (await Task.WhenAll(receivers)).Select(message => message!.Body);
        Assert.Equal(20, bodies.Distinct().Count());
    }

    [Fact]
    public async Task Messages_survive_a_restart_and_locks_do_not()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.db");
        try
        {
            await using (var fixture = await BusFixture.StartAsync(path))
            {
                await fixture.SendAsync("a", new { MessageId = "m1" });
                await fixture.SendAsync("later", new { ScheduledEnqueueTimeUtc = "Sat, 02 Feb 2030 00:00:00 GMT" });
                await fixture.ReceiveAsync();
            }

            await using var restarted = await BusFixture.StartAsync(path);
            Assert.Equal(new(Active: 1, 0, Scheduled: 1, 0), restarted.Bus.Count(BusFixture.Queue));
            using var again = await restarted.SendAsync("a", new { MessageId = "m1" });
            Assert.Equal(1, restarted.Bus.Count(BusFixture.Queue).Active);
            Assert.Equal(2, (await restarted.ReceiveAsync())!.DeliveryCount);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static Task WaitsAsync(BusFixture fixture) =>
        fixture.Bus.WaitAsync(() => fixture.Bus.WaitingReceivers(BusFixture.Queue) == 1, TestContext.Current.CancellationToken);
}
