namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// A worker that runs elsewhere, such as inside a test or under a debugger, and connects when it likes. When it is gone, calls wait
/// for the next one.
/// </summary>
internal sealed class AttachedWorker : IWorker
{
    private readonly WorkerSlot slot = new();
    private readonly WorkerHandshake handshake;
    private readonly WorkerLogs logs;
    private readonly Action<string> output;
    private readonly Func<WorkerConnection, Task> whenReady;

    public AttachedWorker(WorkerEndpoint endpoint, WorkerHandshake handshake, WorkerLogs logs, Action<string> output, Func<WorkerConnection, Task> whenReady)
    {
        this.handshake = handshake;
        this.logs = logs;
        this.output = output;
        this.whenReady = whenReady;
        endpoint.Accept = Accept;
    }

    public Task<WorkerConnection> ReadyAsync(CancellationToken cancellationToken) => slot.ReadyAsync(cancellationToken);

    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) => slot.ReadyOrRefusedAsync(cancellationToken);

    public void Answered()
    {
    }

    public Task<bool> KillAsync() => Task.FromResult(false);

    public ValueTask DisposeAsync()
    {
        slot.Lose(new WorkerLostException("The host was stopped.", gaveUp: true));
        return ValueTask.CompletedTask;
    }

    private WorkerConnection Accept(string id)
    {
        var connection = new WorkerConnection(id, logs);
        connection.WhenLost(() =>
        {
            if (slot.Clear(connection))
            {
                output("The worker disconnected; calls wait for the next one.");
            }
        });
        _ = ShakeHandsAsync(connection);
        return connection;
    }

    private async Task ShakeHandsAsync(WorkerConnection connection)
    {
        try
        {
            await handshake.RunAsync(connection);
            await whenReady(connection);
            slot.Fill(connection);
        }
        catch (InvalidDataException refusal)
        {
            output(refusal.Message);
            slot.Refuse(refusal);
            connection.Dismiss();
        }
        catch (WorkerGoneException)
        {
            // The next one may come.
        }
    }
}
