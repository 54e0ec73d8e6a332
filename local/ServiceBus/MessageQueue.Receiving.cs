namespace BlokSec.Local.ServiceBus;

/// <content>How messages are handed out.</content>
internal sealed partial class MessageQueue
{
    /// <summary>How many receivers wait for a message.</summary>
    public int WaitingReceivers => Volatile.Read(ref waiting);

    /// <summary>Hands out a message, waiting for one up to <paramref name="patience"/>; null when none came.</summary>
    /// <param name="take">How to take it: <see cref="TryLock"/> or <see cref="TryTake"/>.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<QueuedMessage?> ReceiveAsync(Func<QueuedMessage?> take, TimeSpan patience, CancellationToken cancellationToken)
    {
        var deadline = time.GetUtcNow() + patience;
        while (true)
        {
            var changed = NextChange;
            if (take() is { } message)
            {
                return message;
            }

            if (time.GetUtcNow() >= deadline)
            {
                return null;
            }

            await ChangedAsync(changed, deadline, cancellationToken);
        }
    }

    /// <summary>The next change; to be taken before one looks, so that none is missed.</summary>
    public Task NextChange => change.Next;

    /// <summary>
    /// When a lock ends by the clock that its holder goes by, and not by one that tests move: clients count from their own time how long
    /// they still have.
    /// </summary>
    public DateTimeOffset ByRealClock(DateTimeOffset until) => TimeProvider.System.GetUtcNow() + (until - time.GetUtcNow());

    /// <summary>Whether a message waits to be received.</summary>
    public bool AnyActive() => InTransaction(_ => table.First() is not null);

    /// <summary>Waits until something changed, or becomes due, or the deadline has come.</summary>
    public async Task ChangedAsync(Task changed, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var until = database.Transact(table.NextAvailable) is { } available && available < deadline ? available : deadline;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = until > now ? until - now : TimeSpan.Zero;
        var timer = Task.Delay(wait < LongestDelay ? wait : LongestDelay, time, giveUp.Token);
        Interlocked.Increment(ref waiting);
        anyChange.Raise();
        await Task.WhenAny(changed, timer);
        Interlocked.Decrement(ref waiting);
        await giveUp.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Locks the first message for a receiver, or the newest one; null when none waits.</summary>
    public QueuedMessage? TryLock(bool newestFirst) => InTransaction(
        now => (newestFirst ? table.Newest() : table.First()) is { } message ? Lock(message, now) : null);

    /// <summary>Takes the first message, or the newest one, out of the queue for good; null when none waits.</summary>
    public QueuedMessage? TryTake(bool newestFirst)
    {
        var taken = InTransaction(_ => (newestFirst ? table.Newest() : table.First()) is { } message ? Take(message) : null);
        if (taken is not null)
        {
            Changed();
        }

        return taken;
    }

    /// <summary>Takes messages that were put aside, all or none, and locks them.</summary>
    /// <param name="sequenceNumbers">Which.</param>
    /// <param name="forGood">Removes them instead of locking them.</param>
    /// <returns>The messages; null when one is not, or no longer, there.</returns>
    public IReadOnlyList<QueuedMessage>? TakeDeferred(IReadOnlyCollection<long> sequenceNumbers, bool forGood) => InTransaction(now =>
    {
        var found = sequenceNumbers.Select(number => table.Numbered(number, MessageState.Deferred)).ToArray();
        return found.Any(message => message is null) ? null : found.Select(message => forGood ? Take(message!) : Lock(message!, now)).ToArray();
    });

    private QueuedMessage Lock(QueuedMessage message, DateTimeOffset now)
    {
        var token = Guid.NewGuid();
        var until = now.AddSeconds(settings.LockSeconds);
        table.Lock(message, token, until);
        return message with
        {
            State = MessageState.Locked,
            DeliveryCount = message.DeliveryCount + 1,
            LockToken = token,
            LockedUntil = until,
        };
    }

    private QueuedMessage Take(QueuedMessage message)
    {
        table.Delete(message);
        return message with { DeliveryCount = message.DeliveryCount + 1 };
    }
}
