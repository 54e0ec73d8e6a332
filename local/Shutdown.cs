using System.Runtime.InteropServices;

namespace BlokSec.Local;

/// <summary>Ends on Ctrl-C or when asked to terminate.</summary>
internal sealed class Shutdown : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly PosixSignalRegistration[] registrations;

    public Shutdown()
    {
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT }.Select(signal =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                source.Cancel();
            }))];
    }

    public CancellationToken Token => source.Token;

    /// <summary>Completes when the end is asked for.</summary>
    public async Task WaitAsync()
    {
        var asked = new TaskCompletionSource();
        await using var registration = Token.Register(asked.SetResult);
        await asked.Task;
    }

    public void Dispose()
    {
        foreach (var registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }
}
