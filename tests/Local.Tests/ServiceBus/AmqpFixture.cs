using Azure.Messaging.ServiceBus;
using BlokSec.Local.Faults;
using BlokSec.Local.ServiceBus;
using BlokSec.Local.ServiceBus.Amqp;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.ServiceBus;

/// <summary>A local Service Bus with one queue <c>work</c>, a clock that only tests move, and Microsoft's client.</summary>
internal sealed class AmqpFixture : IAsyncDisposable
{
    public const string Queue = "work";
    public const int MaxDeliveries = 3;

    private AmqpFixture(ServiceBusStandIn bus, Traffic traffic, FakeTimeProvider time)
    {
        Bus = bus;
        Traffic = traffic;
        Time = time;
        Client = NewClient();
        Sender = Client.CreateSender(Queue);
        Receiver = Client.CreateReceiver(Queue);
    }

    public static SharedAccessKey Key { get; } = new("local", "c2VjcmV0");

    public ServiceBusStandIn Bus { get; }

    public Traffic Traffic { get; }

    public FakeTimeProvider Time { get; }

    public ServiceBusClient Client { get; }

    public ServiceBusSender Sender { get; }

    public ServiceBusReceiver Receiver { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<AmqpFixture> StartAsync(string? databasePath = null, FakeTimeProvider? time = null, Func<string, Task<bool>>? isTokenAccepted = null)
    {
        time ??= new FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var traffic = new Traffic();
        var bus = await ServiceBusStandIn.StartAsync(
            new ServiceBusOptions
            {
                Queues = [new QueueTopology(Queue, MaxDeliveries, LockSeconds: 60, DuplicateDetectionMinutes: 10, TimeToLiveDays: 45)],
                DatabasePath = databasePath,
                IsTokenAccepted = isTokenAccepted,
                Key = Key,
                Time = time,
            },
            traffic);
        return new AmqpFixture(bus, traffic, time);
    }

    /// <summary>A client that tries once, so that a test sees every answer.</summary>
    public ServiceBusClient NewClient(string? connectionString = null) => new(
        connectionString ?? Bus.ConnectionString,
        new ServiceBusClientOptions { RetryOptions = { MaxRetries = 0, TryTimeout = TimeSpan.FromSeconds(30) } });

    public Task SendAsync(params IReadOnlyList<ServiceBusMessage> messages) => Sender.SendMessagesAsync(messages, Stop);

    public Task SendAsync(string body) => SendAsync(new ServiceBusMessage(body));

    public async Task<ServiceBusReceivedMessage> ReceiveAsync() => (await Receiver.ReceiveMessageAsync(cancellationToken: Stop))!;

    public async Task<string> ReceiveBodyAsync() => (await ReceiveAsync()).Body.ToString();

    /// <summary>Moves the clock, and lets the bus see it.</summary>
    public void Advance(TimeSpan by)
    {
        Time.Advance(by);
        Bus.ClockMoved();
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Bus.DisposeAsync();
    }
}
