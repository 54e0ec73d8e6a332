namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Keeps the handler's process alive as the real host does: an exit code other than 0 brings a new process, the third one in a row
/// ends that, and exit code 0 is taken for an answer: no new process, ever.
/// </summary>
internal sealed class HandlerProcess : IHandler
{
    private const int MostFailures = 3;

    private readonly HandlerDescription description;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly Action<string> output;
    private readonly HttpMessageInvoker prober;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly Task supervision;
    private TaskCompletionSource<Uri> ready = New();
    private HandlerRun? current;
    private int failures;

    public HandlerProcess(
        HandlerDescription description, IReadOnlyDictionary<string, string> environment, Action<string> output, HttpMessageInvoker prober)
    {
        this.description = description;
        this.environment = environment;
        this.output = output;
        this.prober = prober;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        supervision = Task.Run(SuperviseAsync);
    }

    public Task<Uri> ReadyAsync(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ready.Task.IsCompletedSuccessfully ? ready.Task : ready.Task.WaitAsync(cancellationToken);
        }
    }

    public void Answered() => Volatile.Write(ref failures, 0);

    public async Task UnreachableAsync(Uri address)
    {
        var run = Volatile.Read(ref current);
        if (run?.Address == address)
        {
            // The connection breaks before the operating system reports the exit. Nothing may be handed to it between.
            using var known = new CancellationTokenSource(description.InitializationTimeout);
            await Task.WhenAny(run.Ended, HandlerProbe.AnswersAsync(prober, address, known.Token));
            await known.CancelAsync();
        }
    }

    public async Task KillAsync()
    {
        var run = Volatile.Read(ref current);
        if (run is not null)
        {
            NoLongerReady();
            run.Kill();
            await run.Ended;
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        await stopping.CancelAsync();
        Volatile.Read(ref current)?.Kill();
        await supervision;
        stopping.Dispose();
    }

    private async Task SuperviseAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            HandlerRun run;
            try
            {
                run = HandlerRun.Start(description, environment, output);
            }
            catch (System.ComponentModel.Win32Exception exception)
            {
                Lose(new HandlerLostException($"The handler {description.Executable} cannot be started: {exception.Message}", gaveUp: true));
                return;
            }

            Volatile.Write(ref current, run);
            if (stopping.IsCancellationRequested)
            {
                run.Kill();
            }

            await ServeAsync(run);
            var verdict = Judge(run);
            NoLongerReady();
            if (verdict is not null)
            {
                Lose(verdict);
            }

            await run.EndAsync();
            if (verdict is not null)
            {
                return;
            }
        }

        Lose(new HandlerLostException("The host was stopped.", gaveUp: true));
    }

    private async Task ServeAsync(HandlerRun run)
    {
        if (await run.AnswersAsync(prober, description.InitializationTimeout))
        {
            lock (gate)
            {
                ready.TrySetResult(run.Address);
            }
        }
        else if (!run.Exited.IsCompleted)
        {
            output($"The handler did not answer within {description.InitializationTimeout}; it is killed.");
            run.Kill(isFailure: true);
        }

        await run.Exited;
    }

    /// <summary>What an exit means: null for a new process.</summary>
    private HandlerLostException? Judge(HandlerRun run)
    {
        if (stopping.IsCancellationRequested || run.IsKilledOnPurpose)
        {
            return null;
        }

        if (run.ExitCode == 0)
        {
            return new HandlerLostException("The handler left with exit code 0 and is not started again.", gaveUp: false);
        }

        output($"The handler ended with exit code {run.ExitCode}.");
        return Interlocked.Increment(ref failures) >= MostFailures
            ? new HandlerLostException($"The handler failed {MostFailures} times in a row; the host gives up.", gaveUp: true)
            : null;
    }

    private void NoLongerReady()
    {
        lock (gate)
        {
            if (ready.Task.IsCompletedSuccessfully)
            {
                ready = New();
            }
        }
    }

    private void Lose(HandlerLostException exception)
    {
        output(exception.Message);
        lock (gate)
        {
            ready.TrySetException(exception);
        }
    }

    private void KillAtExit(object? sender, EventArgs e) => Volatile.Read(ref current)?.Kill();

    private static TaskCompletionSource<Uri> New()
    {
        var source = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        // Nobody may be waiting when the handler is lost.
        _ = source.Task.ContinueWith(task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return source;
    }
}
