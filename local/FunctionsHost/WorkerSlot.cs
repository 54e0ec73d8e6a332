namespace BlokSec.Local.FunctionsHost;

/// <summary>Holds the worker that is ready, or lets callers wait for the next one.</summary>
internal sealed class WorkerSlot
{
    private readonly Lock gate = new();
    private WorkerConnection? current;
    private TaskCompletionSource<WorkerConnection> ready = New();
    private TaskCompletionSource<WorkerConnection> refused = New();

    public Task<WorkerConnection> ReadyAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ready.Task.IsCompletedSuccessfully ? ready.Task : ready.Task.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The worker is ready, unless it is gone already.</summary>
    public void Fill(WorkerConnection connection)
    {
        lock (gate)
        {
            if (ready.Task.IsCompletedSuccessfully)
            {
                ready = New();
            }

            if (!connection.Gone.IsCancellationRequested)
            {
                current = connection;
                ready.TrySetResult(connection);
            }
        }
    }

    /// <summary>The worker is gone, whichever it was.</summary>
    public void Clear() => Clear(_ => true);

    /// <summary>This worker is gone; false when it was not the one that is ready.</summary>
    public bool Clear(WorkerConnection connection) => Clear(current => current == connection);

    /// <summary>There will be no worker again.</summary>
    public void Lose(Exception exception)
    {
        lock (gate)
        {
            if (!ready.TrySetException(exception))
            {
                ready = New();
                ready.SetException(exception);
            }
        }
    }

    /// <summary>As <see cref="ReadyAsync"/>, and ends also when a worker is turned away.</summary>
    public async Task ReadyOrRefusedAsync(CancellationToken cancellationToken)
    {
        var ready = ReadyAsync(cancellationToken);
        await await Task.WhenAny(ready, Volatile.Read(ref refused).Task);
    }

    /// <summary>A worker was turned away; another one may come, and calls wait for it.</summary>
    public void Refuse(Exception exception) => Interlocked.Exchange(ref refused, New()).TrySetException(exception);

    private bool Clear(Predicate<WorkerConnection> isGone)
    {
        lock (gate)
        {
            if (!ready.Task.IsCompletedSuccessfully || !isGone(current!))
            {
                return false;
            }

            ready = New();
            return true;
        }
    }

    private static TaskCompletionSource<WorkerConnection> New()
    {
        var source = new TaskCompletionSource<WorkerConnection>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Nobody may be waiting when the worker is lost.
        _ = source.Task.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return source;
    }
}
