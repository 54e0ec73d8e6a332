using BlokSec.Local.Faults;
using BlokSec.Local.ServiceBus.Amqp;

namespace BlokSec.Local.ServiceBus;

/// <summary>How the local Service Bus is set up.</summary>
internal sealed record ServiceBusOptions
{
    /// <summary>The queues that exist.</summary>
    public required IReadOnlyList<QueueTopology> Queues { get; init; }

    /// <summary>The port on 127.0.0.1; 0 for any that is free.</summary>
    public int Port { get; init; }

    /// <summary>The SQLite file, kept over restarts; null keeps everything in memory.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>Says whether a Microsoft Entra token is accepted; null accepts none.</summary>
    public Func<string, Task<bool>>? IsTokenAccepted { get; init; }

    /// <summary>The namespace's shared access policy; null when it has none.</summary>
    public SharedAccessKey? Key { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>
/// Stands in for an Azure Service Bus namespace with queues: AMQP 1.0 over clear-text TCP. It knows
/// sending (batches, scheduled, with duplicate detection and time to live), peek-lock and destructive receiving, settling, deferral,
/// lock renewal, peeking, and dead-letter queues. It refuses what it does not know: sessions, transactions, topics and management.
/// </summary>
internal sealed class ServiceBusStandIn : IAsyncDisposable
{
    private readonly Dictionary<string, MessageQueue> queues = new(StringComparer.OrdinalIgnoreCase);
    private readonly MessageDatabase database;
    private readonly Signal anyChange = new();
    private readonly SharedAccessKey? key;
    private AmqpDoor? door;

    private ServiceBusStandIn(ServiceBusOptions options)
    {
        key = options.Key;
        database = new MessageDatabase(options.DatabasePath);
        foreach (var settings in options.Queues)
        {
            var deadLetters = new MessageQueue(
                database, settings with { Name = $"{settings.Name}/{MessageQueue.DeadLetterSuffix}" }, options.Time, anyChange, deadLetters: null);
            queues.Add(deadLetters.Path, deadLetters);
            queues.Add(settings.Name, new MessageQueue(database, settings, options.Time, anyChange, deadLetters));
        }
    }

    /// <summary>Where it speaks AMQP.</summary>
    public Uri AmqpAddress => door!.Address;

    /// <summary>What Service Bus's clients connect with: those for an emulator speak clear text, at any port.</summary>
    public string ConnectionString =>
        $"Endpoint=sb://{AmqpAddress.Authority};SharedAccessKeyName={key!.Name};SharedAccessKey={key.Key};UseDevelopmentEmulator=true";

    /// <summary>Starts it.</summary>
    /// <remarks>Locks of an earlier run end at once: their receivers lived on the same laptop and are gone too.</remarks>
    public static Task<ServiceBusStandIn> StartAsync(ServiceBusOptions options, Traffic traffic)
    {
        var bus = new ServiceBusStandIn(options);
        bus.ReleaseLocks();
        bus.door = AmqpDoor.Open(options.Port, bus.queues, new AccessRules(options.Key, options.IsTokenAccepted), traffic);
        return Task.FromResult(bus);
    }

    /// <summary>How many messages a queue holds.</summary>
    public QueueCounts Count(string queue)
    {
        var found = queues[queue];
        return new QueueCounts(
            found.Count(MessageState.Active),
            found.Count(MessageState.Locked),
            found.Count(MessageState.Scheduled),
            found.DeadLetters?.Peek().Count ?? 0,
            found.Count(MessageState.Deferred));
    }

    /// <summary>All messages of a queue, or of <c>{queue}/$DeadLetterQueue</c>, in order, without receiving them.</summary>
    public IReadOnlyList<QueuedMessage> Peek(string queue) => queues[queue].Peek();

    /// <summary>How many long polls wait for a message of a queue.</summary>
    public int WaitingReceivers(string queue) => queues[queue].WaitingReceivers;

    /// <summary>Makes every scheduled message due now; how many there were.</summary>
    public int ReleaseScheduled() => queues.Values.Sum(queue => queue.MakeDue(MessageState.Scheduled));

    /// <summary>The clock was moved: receivers that wait for what has become due look again.</summary>
    public void ClockMoved()
    {
        foreach (var queue in queues.Values)
        {
            queue.ClockMoved();
        }
    }

    /// <summary>Ends every lock now, as if its time were over; how many there were. For receivers that were stopped hard.</summary>
    public int ReleaseLocks() => queues.Values.Sum(queue => queue.MakeDue(MessageState.Locked));

    /// <summary>Completes when no message is waiting or locked in any queue; scheduled and dead-lettered ones do not count.</summary>
    public Task WaitUntilIdleAsync(CancellationToken cancellationToken) => WaitAsync(
        () => queues.Values
            .Where(queue => queue.DeadLetters is not null)
            .All(queue => queue.Count(MessageState.Active) + queue.Count(MessageState.Locked) == 0),
        cancellationToken);

    /// <summary>Completes when the condition holds; looked at after every change of any queue.</summary>
    public async Task WaitAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = anyChange.Next;
            if (condition())
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync()
    {
        door?.Dispose();
        database.Dispose();
        return ValueTask.CompletedTask;
    }
}
