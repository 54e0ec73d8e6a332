using System.Collections.Concurrent;
using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Sends the message of a <see cref="Outcome.Later"/> again. While the bus refuses it the call is held, or the message would use up its
/// deliveries in a moment. Beyond <see cref="Redelivery.MostHeld"/> calls of a queue, a message whose documents say when to try next
/// moves to <see cref="UnsentMessages"/> and its call ends.
/// </summary>
internal sealed partial class Rescheduling(QueueSender queues, UnsentMessages unsent, TimeProvider time, ILogger<Rescheduling> logger)
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> holds = new(StringComparer.Ordinal);

    /// <summary>Returns when the message is sent, or kept by <see cref="UnsentMessages"/>.</summary>
    /// <exception cref="QueueUnavailableException">The call was held as long as it may be.</exception>
    public async Task SendAsync<TMessage>(
        string function, Rescheduled<TMessage> message, DateTimeOffset holdUntil, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        var hold = holds.GetOrAdd(message.Queue, static _ => new SemaphoreSlim(Redelivery.MostHeld));
        if (hold.CurrentCount == 0 && message.Later.IsRecorded && unsent.TryKeep(message))
        {
            return;
        }

        if (await TrySendAsync(message, cancellationToken) is not { } refusal)
        {
            return;
        }

        var isCounted = hold.Wait(0, CancellationToken.None);
        if (!isCounted && message.Later.IsRecorded && unsent.TryKeep(message))
        {
            return;
        }

        try
        {
            Log.BusRefused(logger, refusal, function);
            await HoldAsync(function, message, holdUntil, refusal, cancellationToken);
        }
        finally
        {
            if (isCounted)
            {
                hold.Release();
            }
        }
    }

    private async Task HoldAsync<TMessage>(
        string function, Rescheduled<TMessage> message, DateTimeOffset holdUntil, QueueUnavailableException? refusal, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        for (var refusals = 1; refusal is not null; refusals++)
        {
            if (time.GetUtcNow() >= holdUntil)
            {
                Log.BusStillRefuses(logger, refusal, function);
                throw refusal;
            }

            await Task.Delay(Redelivery.Pause(refusals), time, cancellationToken);
            refusal = await TrySendAsync(message, cancellationToken);
        }
    }

    private async Task<QueueUnavailableException?> TrySendAsync<TMessage>(Rescheduled<TMessage> message, CancellationToken cancellationToken)
        where TMessage : QueueMessage
    {
        try
        {
            await message.SendAsync(queues, cancellationToken);
            return null;
        }
        catch (QueueUnavailableException exception)
        {
            return exception;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} could not send its message again; the call is held until the bus takes it.")]
        public static partial void BusRefused(ILogger logger, Exception exception, string function);

        [LoggerMessage(2, LogLevel.Error, "{Function} was held for the maximum time and could not send its message again; the host redelivers it.")]
        public static partial void BusStillRefuses(ILogger logger, Exception exception, string function);
    }
}
