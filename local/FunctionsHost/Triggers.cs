using System.Collections.Immutable;

namespace BlokSec.Local.FunctionsHost;

/// <summary>Queues and timers of the functions that the worker has.</summary>
internal sealed class Triggers(FunctionsHostOptions options, HostSettings settings, QueueConnections connections) : IAsyncDisposable
{
    private readonly CancellationTokenSource ending = new();
    private ImmutableArray<QueueListener> listeners = [];
    private Task work = Task.CompletedTask;

    public ImmutableArray<TimerLoop> Timers { get; private set; } = [];

    /// <exception cref="InvalidDataException">A queue's connection is missing or not supported.</exception>
    public void Start(ImmutableArray<Function> functions, IWorker worker, Invoker invoker)
    {
        if (options.QueuesEnabled)
        {
            listeners = [.. functions.OfType<QueueFunction>().Select(function =>
                new QueueListener(function, settings, () => connections.Receiver(function), worker, invoker, options.Time, options.Output))];
        }

        Timers = [.. functions.OfType<TimerFunction>().Select(function => new TimerLoop(function, invoker, options.Time))];
        var ticking = options.TimersEnabled ? Timers.Select(timer => timer.RunAsync(ending.Token)) : [];
        work = Task.WhenAll([.. listeners.Select(listener => listener.RunAsync(ending.Token)), .. ticking]);
    }

    /// <summary>Begins nothing new; completes when the last message was received. Those in hand may still be under way.</summary>
    public async Task QuietenAsync()
    {
        await ending.CancelAsync();
        await Task.WhenAll(listeners.Select(listener => listener.ReceivedLast));
    }

    public async ValueTask DisposeAsync()
    {
        await QuietenAsync();
        await work;
        ending.Dispose();
    }
}
