using System.Threading.Channels;
using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Hosting;

/// <summary>
/// Messages that the bus refused and whose calls have ended, kept in memory and sent as soon as the bus takes them. What an instance keeps
/// when it ends is found in the documents by <c>ResumeOperations</c>, ten minutes after it was due.
/// </summary>
internal sealed partial class UnsentMessages(QueueSender queues, TimeProvider time, ILogger<UnsentMessages> logger) : BackgroundService
{
    /// <summary>Messages that one instance keeps: about 1 KB each. Beyond it calls are held.</summary>
    public const int Most = 10_000;

    /// <summary>Messages that are sent at the same time: the bus has enough to do when it is back.</summary>
    private const int AtOnce = 8;

    private readonly Channel<IRescheduled> kept = Channel.CreateBounded<IRescheduled>(Most);
    private int waiting;

    /// <summary>Keeps a message until it is sent.</summary>
    /// <returns>Whether there was room.</returns>
    public bool TryKeep(IRescheduled message)
    {
        if (!kept.Writer.TryWrite(message))
        {
            return false;
        }

        if (Interlocked.Increment(ref waiting) == 1)
        {
            Log.Keeping(logger, Redelivery.MostHeld);
        }

        return true;
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        kept.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = stoppingToken },
        async (message, stop) =>
        {
            await SendAsync(message, stop);
            Interlocked.Decrement(ref waiting);
        });

    private async Task SendAsync(IRescheduled message, CancellationToken cancellationToken)
    {
        for (var refusals = 1; ; refusals++)
        {
            try
            {
                await message.SendAsync(queues, cancellationToken);
                return;
            }
            catch (QueueUnavailableException)
            {
                await Task.Delay(Redelivery.Pause(refusals), time, cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One that can never be sent must not stop the others.
                Log.Dropped(logger, exception);
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The bus refuses messages and {Held} calls are held; further messages wait in memory until the bus takes them.")]
        public static partial void Keeping(ILogger logger, int held);

        [LoggerMessage(2, LogLevel.Error, "A message that waited in memory cannot be sent; the timer queues its work again.")]
        public static partial void Dropped(ILogger logger, Exception exception);
    }
}
