namespace BlokSec.Local.FunctionsHost;

/// <summary>The worker that serves invocations: a process that the host keeps alive, or one that somebody else runs.</summary>
internal interface IWorker : IAsyncDisposable
{
    /// <summary>Its connection, once it has loaded its functions.</summary>
    /// <exception cref="WorkerLostException">There will never be one again.</exception>
    /// <exception cref="InvalidDataException">There will never be one again: its functions are not supported.</exception>
    Task<WorkerConnection> ReadyAsync(CancellationToken cancellationToken);

    /// <summary>As <see cref="ReadyAsync"/>, and ends also when a worker was turned away and another one may come.</summary>
    /// <exception cref="WorkerLostException">There will never be one again.</exception>
    /// <exception cref="InvalidDataException">Its functions are not supported.</exception>
    Task WaitUntilReadyAsync(CancellationToken cancellationToken);

    /// <summary>It answered an invocation.</summary>
    void Answered();

    /// <summary>Kills it; the next one does not count as a failure's. False when it is not the host's to kill.</summary>
    Task<bool> KillAsync();
}

/// <summary>The worker is gone for good.</summary>
internal sealed class WorkerLostException(string message, bool gaveUp) : Exception(message)
{
    /// <summary>
    /// True when it failed too often: the real host shuts itself down then. False when it left with exit code 0: the real host stays
    /// and fails every call.
    /// </summary>
    public bool GaveUp { get; } = gaveUp;
}
