using Azure.Messaging.ServiceBus;

namespace BlokSec.Local.FunctionsHost;

/// <summary>
/// Feeds one queue function: a success completes the message, anything else gives it back, and it is redelivered at once, as the
/// real host does it.
/// </summary>
internal sealed class QueueListener(
    QueueFunction function, HostSettings settings, Func<ServiceBusReceiver> connect, IWorker worker, Invoker invoker, TimeProvider time, Action<string> output)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RenewalMargin = TimeSpan.FromSeconds(10);

    private readonly ServiceBusReceiver receiver = connect();
    private readonly Lazy<ServiceBusReceiver> settler = new(connect);
    private readonly TaskCompletionSource receivedLast = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when no more messages are received; those in hand may still be under way.</summary>
    public Task ReceivedLast => receivedLast.Task;

    /// <summary>Runs until it is cancelled or the worker is given up; ends when the last message is settled.</summary>
    /// <param name="cancellationToken">Ends receiving.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var slots = new SemaphoreSlim(settings.MaxConcurrentCalls);
        var closing = CloseWhenCancelledAsync(cancellationToken);
        try
        {
            await ReceiveAsync(slots, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }

        await receiver.CloseAsync(CancellationToken.None);
        receivedLast.SetResult();
        for (var slot = 0; slot < settings.MaxConcurrentCalls; slot++)
        {
            await slots.WaitAsync(CancellationToken.None);
        }

        await closing;
        if (settler.IsValueCreated)
        {
            await settler.Value.CloseAsync(CancellationToken.None);
        }
    }

    private async Task ReceiveAsync(SemaphoreSlim slots, CancellationToken cancellationToken)
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

    /// <summary>
    /// Closing drains the link: what the queue has handed out by then is still received, and nothing stays locked. To cancel the receive
    /// would lose a message that comes in that moment.
    /// </summary>
    private async Task CloseWhenCancelledAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    /// <summary>The next message; null when none came in time.</summary>
    private async Task<ServiceBusReceivedMessage?> NextAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await receiver.ReceiveMessageAsync(cancellationToken: CancellationToken.None);
            }
            catch (Exception exception) when (receiver.IsClosed || cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException("The receiver was closed.", exception);
            }
            catch (Exception exception) when (exception is ServiceBusException or UnauthorizedAccessException or InvalidOperationException or OperationCanceledException)
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
        for (var isSecond = false; ; isSecond = true)
        {
            var by = isSecond || receiver.IsClosed ? settler.Value : receiver;
            try
            {
                await (isSuccess ? by.CompleteMessageAsync(message) : by.AbandonMessageAsync(message));
                return;
            }
            catch (Exception exception) when (exception is ObjectDisposedException or InvalidOperationException && ReferenceEquals(by, receiver))
            {
                // It was closed meanwhile.
            }
            catch (Exception exception) when (exception is ServiceBusException or OperationCanceledException or UnauthorizedAccessException)
            {
                output($"{function.Name}: message {message.MessageId} could not be settled and will be delivered again: {exception.Message}");
                return;
            }
        }
    }

    private async Task RenewAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken)
    {
        // Service Bus's client reckons by the real clock, whatever the one of the test says.
        var length = message.LockedUntil - TimeProvider.System.GetUtcNow();
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
        catch (Exception exception) when (exception is ServiceBusException or ObjectDisposedException or InvalidOperationException or UnauthorizedAccessException)
        {
            output($"{function.Name}: the lock of message {message.MessageId} could not be renewed: {exception.Message}");
        }
    }
}
