using System.ComponentModel;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Keeps the worker's process alive as the real host does: an exit code other than 0 brings a new process, the third one in a row
/// ends that, and exit code 0 is taken for an answer: no new process, ever.
/// </summary>
internal sealed class WorkerProcess : IWorker
{
    private const int MostFailures = 3;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExitTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly WorkerSlot slot = new();
    private readonly WorkerDescription description;
    private readonly WorkerEndpoint endpoint;
    private readonly WorkerHandshake handshake;
    private readonly WorkerLogs logs;
    private readonly IReadOnlyDictionary<string, string> environment;
    private readonly Action<string> output;
    private readonly Func<WorkerConnection, Task> whenReady;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task supervision;
    private TaskCompletionSource connected = new();
    private WorkerConnection? awaited;
    private WorkerRun? current;
    private int failures;

    public WorkerProcess(
        WorkerDescription description,
        WorkerEndpoint endpoint,
        WorkerHandshake handshake,
        WorkerLogs logs,
        IReadOnlyDictionary<string, string> environment,
        Action<string> output,
        Func<WorkerConnection, Task> whenReady)
    {
        this.description = description;
        this.endpoint = endpoint;
        this.handshake = handshake;
        this.logs = logs;
        this.environment = environment;
        this.output = output;
        this.whenReady = whenReady;
        endpoint.Accept = Accept;
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
        supervision = Task.Run(SuperviseAsync);
    }

    public Task<WorkerConnection> ReadyAsync(CancellationToken cancellationToken) => slot.ReadyAsync(cancellationToken);

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => slot.ReadyOrRefusedAsync(cancellationToken);

    public void Answered() => Volatile.Write(ref failures, 0);

    public async Task<bool> KillAsync()
    {
        var run = Volatile.Read(ref current);
        if (run is not null)
        {
            slot.Clear();
            run.Kill();
            await run.Ended;
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        await stopping.CancelAsync();
        if (Volatile.Read(ref current) is { } run)
        {
            await run.StopAsync(run.Connection.Functions.IsEmpty ? TimeSpan.Zero : Grace);
        }

        await supervision;
        stopping.Dispose();
    }

    private WorkerConnection? Accept(string id)
    {
        var expected = Volatile.Read(ref awaited);
        if (expected?.WorkerId == id && Interlocked.CompareExchange(ref awaited, null, expected) == expected)
        {
            connected.TrySetResult();
            return expected;
        }

        return null;
    }

    private async Task SuperviseAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            var connection = new WorkerConnection(Guid.NewGuid().ToString(), logs);
            connection.WhenLost(() => slot.Clear(connection));
            connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Volatile.Write(ref awaited, connection);
            WorkerRun run;
            try
            {
                run = WorkerRun.Start(description, connection, endpoint.Address, environment, output);
            }
            catch (Win32Exception exception)
            {
                Lose(new WorkerLostException($"The worker {description.Executable} cannot be started: {exception.Message}", gaveUp: true));
                return;
            }

            Volatile.Write(ref current, run);
            if (stopping.IsCancellationRequested)
            {
                run.Kill();
            }

            var refusal = await ServeAsync(run) ?? (Exception?)Judge(run);
            slot.Clear();
            if (refusal is not null)
            {
                Lose(refusal);
            }

            await run.EndAsync();
            if (refusal is not null)
            {
                return;
            }
        }

        Lose(new WorkerLostException("The host was stopped.", gaveUp: true));
    }

    /// <summary>Serves until the process is gone; gives the reason when it must not be started again.</summary>
    private async Task<InvalidDataException?> ServeAsync(WorkerRun run)
    {
        var ready = GetReadyAsync(run);
        try
        {
            await await Task.WhenAny(ready.WaitAsync(StartTimeout), run.Exited);
            await await Task.WhenAny(run.Connection.Ended, run.Exited);
        }
        catch (InvalidDataException refusal)
        {
            run.Kill();
            await run.Exited;
            return refusal;
        }
        catch (TimeoutException)
        {
            output($"The worker was not ready within {StartTimeout}; it is killed.");
            run.Kill(isFailure: true);
        }
        catch (WorkerGoneException)
        {
            // It is leaving.
        }

        await LeaveAsync(run);
        return null;
    }

    /// <summary>The connection breaks before the operating system reports the exit.</summary>
    private async Task LeaveAsync(WorkerRun run)
    {
        await Task.WhenAny(run.Exited, Task.Delay(ExitTimeout));
        if (!run.Exited.IsCompleted)
        {
            output("The worker broke the connection and did not exit; it is killed.");
            run.Kill(isFailure: true);
        }

        await run.Exited;
    }

    private async Task GetReadyAsync(WorkerRun run)
    {
        await connected.Task;
        await handshake.RunAsync(run.Connection);
        await whenReady(run.Connection);
        slot.Fill(run.Connection);
    }

    /// <summary>What an exit means: null for a new process.</summary>
    private WorkerLostException? Judge(WorkerRun run)
    {
        if (stopping.IsCancellationRequested || run.IsKilledOnPurpose)
        {
            return null;
        }

        if (run.ExitCode == 0)
        {
            return new WorkerLostException("The worker left with exit code 0 and is not started again.", gaveUp: false);
        }

        output($"The worker ended with exit code {run.ExitCode}.");
        return Interlocked.Increment(ref failures) >= MostFailures
            ? new WorkerLostException($"The worker failed {MostFailures} times in a row; the host gives up.", gaveUp: true)
            : null;
    }

    private void Lose(Exception exception)
    {
        output(exception.Message);
        slot.Lose(exception);
    }

    private void KillAtExit(object? sender, EventArgs e) => Volatile.Read(ref current)?.Kill();
}
