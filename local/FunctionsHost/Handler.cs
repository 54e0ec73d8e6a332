namespace BlokSec.Local.FunctionsHost;

/// <summary>The handler that serves invocations: a process that the host keeps alive, or one that somebody else runs.</summary>
internal interface IHandler : IAsyncDisposable
{
    /// <summary>Its address, once it answers.</summary>
    /// <exception cref="HandlerLostException">It will never answer again.</exception>
    Task<Uri> ReadyAsync(CancellationToken cancellationToken);

    /// <summary>It answered an invocation.</summary>
    void Answered();

    /// <summary>It broke a connection or took none; returns when the host knows whether it is gone.</summary>
    Task UnreachableAsync(Uri address);

    /// <summary>Kills it; the next one does not count as a failure's.</summary>
    Task KillAsync();
}

/// <summary>The handler is gone for good.</summary>
internal sealed class HandlerLostException(string message, bool gaveUp) : Exception(message)
{
    /// <summary>
    /// True when it failed too often: the real host shuts itself down then. False when it left with exit code 0: the real host stays
    /// and fails every call.
    /// </summary>
    public bool GaveUp { get; } = gaveUp;
}

/// <summary>A handler that runs elsewhere, such as inside a test or under a debugger. When it is gone, calls wait until it answers again.</summary>
internal sealed class AttachedHandler : IHandler
{
    private readonly Uri address;
    private readonly HttpMessageInvoker prober;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private Task answering;

    /// <param name="address">Where it listens.</param>
    /// <param name="prober">Asks whether it answers.</param>
    /// <param name="isRunning">False when it is started later.</param>
    public AttachedHandler(Uri address, HttpMessageInvoker prober, bool isRunning)
    {
        this.address = address;
        this.prober = prober;
        answering = isRunning ? Task.CompletedTask : HandlerProbe.AnswersAsync(prober, address, stopping.Token);
    }

    public async Task<Uri> ReadyAsync(CancellationToken cancellationToken)
    {
        await Volatile.Read(ref answering).WaitAsync(cancellationToken);
        return address;
    }

    public void Answered()
    {
    }

    public Task UnreachableAsync(Uri address)
    {
        lock (gate)
        {
            if (answering.IsCompleted)
            {
                answering = HandlerProbe.AnswersAsync(prober, address, stopping.Token);
            }
        }

        return Task.CompletedTask;
    }

    public Task KillAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await answering;
        stopping.Dispose();
    }
}
