using System.Text.Json;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Feeds one queue function: a success completes the message, anything else gives it back, and it comes again at once, as the
/// real host does it.
/// </summary>
internal sealed class QueuePump(
    QueueFunction function, FunctionApp app, BusReceiver bus, IHandler handler, Invoker invoker, TimeProvider time, Action<string> output)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource receivedLast = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when no more messages are received; those in hand may still be under way.</summary>
    public Task ReceivedLast => receivedLast.Task;

    /// <summary>Runs until it is cancelled or the handler gave up; ends when the last message is settled.</summary>
    /// <param name="cancellationToken">Ends receiving.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(app.MaxConcurrentCalls);
        try
        {
            while (await IsWantedAsync(cancellationToken))
            {
                await slots.WaitAsync(cancellationToken);
                BusMessage? message = null;
                try
                {
                    message = await NextAsync(cancellationToken);
                }
                finally
                {
                    if (message is null)
                    {
                        slots.Release();
                    }
                }

                if (message is not null)
                {
                    _ = HandleAsync(message, slots, cancellationToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        finally
        {
            receivedLast.SetResult();
        }

        for (var slot = 0; slot < app.MaxConcurrentCalls; slot++)
        {
            await slots.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Waits for a handler that is starting, so that messages do not use up their deliveries meanwhile.</summary>
    private async Task<bool> IsWantedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await handler.ReadyAsync(cancellationToken);
            return true;
        }
        catch (HandlerLostException lost)
        {
            return !lost.GaveUp;
        }
    }

    /// <summary>The next message; null when the wait was in vain.</summary>
    private async Task<BusMessage?> NextAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await bus.ReceiveAsync(function.Queue, cancellationToken);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
            {
                if (pause == FirstPause)
                {
                    output($"{function.Name} cannot receive: {exception.Message}");
                }

                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    private async Task HandleAsync(BusMessage message, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        try
        {
            using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var renewal = RenewAsync(message, finished.Token);
            var isSuccess = await invoker.InvokeAsync(function, Envelope.ForMessage(function, message, time));
            await finished.CancelAsync();
            await renewal;
            var isSettled = isSuccess
                ? await bus.CompleteAsync(message, CancellationToken.None)
                : await bus.AbandonAsync(message, CancellationToken.None);
            if (!isSettled)
            {
                output($"{function.Name}: message {message.MessageId} could not be settled and will come again.");
            }
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task RenewAsync(BusMessage message, CancellationToken cancellationToken)
    {
        var length = message.LockedUntil - time.GetUtcNow();
        var until = time.GetUtcNow() + app.MaxAutoLockRenewal;
        var margin = length / 2 < RenewalMargin ? length / 2 : RenewalMargin;
        try
        {
            while (length > TimeSpan.Zero && time.GetUtcNow() + (length - margin) < until)
            {
                await Task.Delay(length - margin, time, cancellationToken);
                if (!await bus.RenewAsync(message, cancellationToken))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The message is handled.
        }
    }
}
