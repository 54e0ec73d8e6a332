using Azure.Messaging.ServiceBus;

namespace BlokSec.Local.WorkerHost;

/// <summary>
/// Feeds one queue function: a success completes the message, anything else gives it back, and it comes again at once, as the
/// real host does it.
/// </summary>
internal sealed class QueueListener(
    QueueFunction function, HostSettings settings, ServiceBusReceiver receiver, IWorker worker, Invoker invoker, TimeProvider time, Action<string> output)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource receivedLast = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when no more messages are received; those in hand may still be under way.</summary>
    public Task ReceivedLast => receivedLast.Task;

    /// <summary>Runs until it is cancelled or the worker is given up; ends when the last message is settled.</summary>
    /// <param name="cancellationToken">Ends receiving.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(settings.MaxConcurrentCalls);
        try
        {
            while (await IsWantedAsync(cancellationToken))
            {
                await slots.WaitAsync(cancellationToken);
                ServiceBusReceivedMessage? message = null;
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

        for (var slot = 0; slot < settings.MaxConcurrentCalls; slot++)
        {
            await slots.WaitAsync(CancellationToken.None);
        }

        await receiver.CloseAsync(CancellationToken.None);
    }

    /// <summary>Waits for a worker that is starting, so that messages do not use up their deliveries meanwhile.</summary>
    private async Task<bool> IsWantedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await worker.ReadyAsync(cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is WorkerLostException or InvalidDataException)
        {
            return exception is WorkerLostException { GaveUp: false };
        }
    }

    /// <summary>The next message; null when the wait was in vain.</summary>
    private async Task<ServiceBusReceivedMessage?> NextAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await receiver.ReceiveMessageAsync(cancellationToken: cancellationToken);
            }
            catch (Exception exception) when (exception is ServiceBusException or UnauthorizedAccessException or InvalidOperationException)
            {
                if (pause == FirstPause)
                {
                    output($"{function.Name} cannot receive: {exception.Message}");
                }

                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    private async Task HandleAsync(ServiceBusReceivedMessage message, SemaphoreSlim slots, CancellationToken cancellationToken)
    {
        try
        {
            using var finished = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var renewal = RenewAsync(message, finished.Token);
            var isSuccess = await invoker.InvokeAsync(function, QueueTrigger.Invoke(function, QueueMessage.From(message)));
            await finished.CancelAsync();
            await renewal;
            await SettleAsync(message, isSuccess);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task SettleAsync(ServiceBusReceivedMessage message, bool isSuccess)
    {
        try
        {
            await (isSuccess ? receiver.CompleteMessageAsync(message) : receiver.AbandonMessageAsync(message));
        }
        catch (ServiceBusException exception)
        {
            output($"{function.Name}: message {message.MessageId} could not be settled and will come again: {exception.Reason}");
        }
    }

    private async Task RenewAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        var length = message.LockedUntil - time.GetUtcNow();
        var until = time.GetUtcNow() + settings.MaxAutoLockRenewal;
        var margin = length / 2 < RenewalMargin ? length / 2 : RenewalMargin;
        try
        {
            while (length > TimeSpan.Zero && time.GetUtcNow() + (length - margin) < until)
            {
                await Task.Delay(length - margin, time, cancellationToken);
                await receiver.RenewMessageLockAsync(message, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The message is handled.
        }
        catch (ServiceBusException)
        {
            // The lock is lost; settling will tell.
        }
    }
}
