using System.Diagnostics;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using BlokSec.Functions.Messaging;
using BlokSec.Local;
using BlokSec.Local.Faults;
using BlokSec.Local.ServiceBus;
using BlokSec.Local.ServiceBus.Amqp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Messaging;

/// <summary>What the bus gets of what is sent, and what a sender makes of a bus that is out.</summary>
public sealed class QueueSenderTests : IAsyncLifetime
{
    private readonly Traffic traffic = new();
    private ServiceBusStandIn bus = null!;
    private QueueLinks links = null!;
    private QueueSender queues = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IEnumerable<SeenRequest> Sends => traffic.Seen.Where(seen => seen.Operation == "send");

    public async ValueTask InitializeAsync()
    {
        bus = await ServiceBusStandIn.StartAsync(
            new ServiceBusOptions { Queues = Topology.Read().ServiceBus.Queues, Key = new SharedAccessKey("policy", "c2VjcmV0") }, traffic);
        var options = Options.Create(new QueueOptions { OwnValue = bus.ConnectionString, SendTimeoutSeconds = 60 });
        links = new QueueLinks(new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned), options);
        queues = new QueueSender(links, options, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        await links.DisposeAsync();
        await bus.DisposeAsync();
    }

    [Fact]
    public async Task A_message_has_its_id_its_type_and_its_time()
    {
        var due = TimeProvider.System.GetUtcNow().AddHours(1);
        await queues.SendAsync(Queues.RevokePushes, Push("d1"), due, Stop);

        var message = await PeekAsync(Queues.RevokePushes);

        Assert.Equal(("operation:push:d1:0", "application/json"), (message.MessageId, message.ContentType));
        Assert.Equal(due, message.ScheduledEnqueueTime, TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Thirty_messages_to_one_queue_are_one_send()
    {
        await queues.SendAllAsync(Queues.RevokePushes, [.. Enumerable.Range(0, 30).Select(device => Push($"d{device}"))], Stop);

        Assert.Equal(30, Assert.Single(Sends).Messages);
        Assert.Equal(30, bus.Count(Queues.RevokePushes).Active);
    }

    [Fact]
    public async Task Messages_that_fit_no_batch_together_are_several()
    {
        await queues.SendAllAsync(
            Queues.RevokePushes, [.. Enumerable.Range(0, 5).Select(device => Push($"d{device}") with { TenantId = new string('t', 100_000) })], Stop);

        Assert.Equal([2, 2, 1], Sends.Select(send => send.Messages));
        Assert.Equal(5, bus.Count(Queues.RevokePushes).Active);
    }

    [Fact]
    public async Task None_is_sent_for_none()
    {
        await queues.SendAllAsync<RevokePushMessage>(Queues.RevokePushes, [], Stop);

        Assert.Empty(Sends);
    }

    [Fact]
    public async Task A_lost_connection_is_made_anew_and_the_message_sent_again()
    {
        await queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop);
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Drop = true, Times = 1 });

        await queues.SendAsync(Queues.RevokePushes, Push("d2"), due: null, Stop);

        Assert.Equal([201, 0, 201], Sends.Select(send => send.Status));
        Assert.Equal(2, bus.Count(Queues.RevokePushes).Active);
    }

    [Fact]
    public async Task A_lost_answer_doubles_nothing()
    {
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Drop = true, Stage = FaultStage.After, Times = 1 });

        await queues.SendAllAsync(Queues.RevokePushes, [Push("d1"), Push("d2")], Stop);

        Assert.Equal(2, Sends.Count());
        Assert.Equal(2, bus.Count(Queues.RevokePushes).Active);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(408)]
    [InlineData(423)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_bus_that_is_out_busy_or_closed_to_us_is_an_outage(int status)
    {
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = status });

        await Assert.ThrowsAsync<QueueUnavailableException>(() => queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop));
        await Assert.ThrowsAsync<QueueUnavailableException>(() => queues.SendAllAsync(Queues.RevokePushes, [Push("d1"), Push("d2")], Stop));

        Assert.Equal(0, bus.Count(Queues.RevokePushes).Active);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(501)]
    public async Task A_message_that_the_bus_can_never_take_is_no_outage(int status)
    {
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = status });

        var fault = await Record.ExceptionAsync(() => queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop));

        Assert.True(fault is ServiceBusException or ArgumentException or NotSupportedException, $"{fault}");
    }

    [Fact]
    public async Task A_bus_that_was_busy_is_asked_again_by_the_next_message_at_once()
    {
        await queues.SendAsync(Queues.RevokePushes, Push("d0"), due: null, Stop);
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Status = 503, Times = 1 });
        var watch = Stopwatch.StartNew();

        // The SDK tells it as a busy service, for the caller to come again, or as a lost link, after which the sender does.
        if (await Record.ExceptionAsync(() => queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop)) is { } busy)
        {
            Assert.IsType<QueueUnavailableException>(busy);
            await queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop);
        }

        // Left to itself, the SDK's link sends nothing for ten seconds.
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.Equal([201, 503, 201], Sends.Select(send => send.Status));
    }

    [Fact]
    public async Task A_bus_that_does_not_answer_holds_a_caller_no_longer_than_it_was_told()
    {
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Silence = true });
        var options = Options.Create(new QueueOptions { SendTimeoutSeconds = 1 });

        await Assert.ThrowsAsync<QueueUnavailableException>(() =>
            new QueueSender(links, options, TimeProvider.System).SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_told_of_an_outage()
    {
        traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Silence = true });
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var sending = queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, giveUp.Token);
        await traffic.WaitAsync(() => Sends.Any(), Stop);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task A_bus_that_nobody_serves_is_an_outage()
    {
        await bus.DisposeAsync();

        await Assert.ThrowsAsync<QueueUnavailableException>(() => queues.SendAsync(Queues.RevokePushes, Push("d1"), due: null, Stop));
    }

    [Fact]
    public async Task The_receiver_goes_on_from_the_span_of_the_first_sending()
    {
        const string first = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await queues.SendAsync(Queues.RevokePushes, Push("d1") with { Attempt = 1 }, due: null, Stop, first);

        var message = await PeekAsync(Queues.RevokePushes);

        Assert.Equal(first, message.ApplicationProperties["Diagnostic-Id"]);
        Assert.Equal(first, message.ApplicationProperties["traceparent"]);
    }

    [Fact]
    public async Task Links_are_open_before_the_first_message()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["ServiceBus"] = bus.ConnectionString;
        builder.AddMessaging();
        builder.Services.AddSingleton(TimeProvider.System);
        using var host = builder.Build();
        await host.StartAsync(Stop);
        var connection = host.Services.GetServices<IHostedService>().OfType<QueueConnection>().Single();
        await connection.ExecuteTask!.WaitAsync(Stop);

        Assert.Empty(Sends);
        Assert.All(Queues.All, queue => Assert.False(host.Services.GetRequiredService<QueueLinks>().To(queue).IsClosed));
        await host.StopAsync(Stop);
    }

    [Fact]
    public async Task A_start_does_not_fail_without_the_bus()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["ServiceBus"] = bus.ConnectionString;
        await bus.DisposeAsync();
        builder.AddMessaging();
        builder.Services.AddSingleton(TimeProvider.System);
        using var host = builder.Build();
        await host.StartAsync(Stop);
        await host.Services.GetServices<IHostedService>().OfType<QueueConnection>().Single().ExecuteTask!.WaitAsync(Stop);

        await host.StopAsync(Stop);
    }

    private static RevokePushMessage Push(string deviceId) =>
        new() { TenantId = "tenant", UserId = "user", OperationId = "operation", DeviceId = deviceId };

    private async Task<ServiceBusReceivedMessage> PeekAsync(string queue)
    {
        await using var client = new ServiceBusClient(bus.ConnectionString);
        return await client.CreateReceiver(queue).PeekMessageAsync(cancellationToken: Stop);
    }
}
