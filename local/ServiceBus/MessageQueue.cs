namespace BlokSec.Local.ServiceBus;

/// <summary>
/// One queue, or the dead-letter queue of one. Behaves as
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement">Service Bus describes it</see>:
/// at least once, in order of sequence numbers, a message given back at its old place.
/// </summary>
internal sealed class MessageQueue(MessageDatabase database, QueueTopology settings, TimeProvider time, Signal anyChange, MessageQueue? deadLetters)
{
    /// <summary>The last part of the path of a queue's dead letters.</summary>
    public const string DeadLetterSuffix = "$DeadLetterQueue";

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly QueueTable table = new(database, settings.Name);
    private readonly Signal change = new();
    private int waiting;

    private Changes TooManyDeliveries => Changes.DeadLetter(
        "MaxDeliveryCountExceeded", $"Message could not be consumed after {settings.MaxDeliveryCount} delivery attempts.");

    /// <summary>The path; a dead-letter queue's ends in <c>/$DeadLetterQueue</c>.</summary>
    public string Path => settings.Name;

    /// <summary>Where messages go that nobody could handle; null for a dead-letter queue itself.</summary>
    public MessageQueue? DeadLetters => deadLetters;

    /// <summary>How many receivers wait for a message.</summary>
    public int WaitingReceivers => Volatile.Read(ref waiting);

    /// <summary>The largest message, in bytes.</summary>
    public const int LargestMessage = 256 * 1024;

    /// <summary>Stores messages, all or none; whose id was seen within the window is accepted and dropped.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="twice">Stores each once more, past duplicate detection.</param>
    /// <returns>The sequence number of each; 0 for one that was dropped.</returns>
    public IReadOnlyList<long> Send(IReadOnlyList<IncomingMessage> messages, bool twice = false)
    {
        var numbers = database.Transact(() =>
        {
            var now = time.GetUtcNow();
            return messages.Select(message => Send(message, twice, now)).ToArray();
        });
        Changed();
        return numbers;
    }

    /// <summary>Takes scheduled messages back, all or none; false when one is not, or no longer, scheduled.</summary>
    public bool Cancel(IReadOnlyCollection<long> sequenceNumbers)
    {
        var isCancelled = InTransaction(_ =>
        {
            var found = sequenceNumbers.Select(number => table.Numbered(number, MessageState.Scheduled)).ToArray();
            if (found.Any(message => message is null))
            {
                return false;
            }

            Array.ForEach(found, message => table.Delete(message!));
            return true;
        });
        Changed();
        return isCancelled;
    }

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

    /// <summary>Removes a locked message; false when the lock is not, or no longer, held.</summary>
    public bool Complete(Guid held) => WithLock(held, (message, _) => table.Delete(message));

    /// <summary>Gives a locked message back; after the last allowed delivery it goes to the dead-letter queue.</summary>
    /// <param name="held">The lock.</param>
    /// <param name="changes">Application properties that get other values.</param>
    public bool Abandon(Guid held, Changes? changes = null) =>
        WithLock(held, (message, _) => Release(message with { Encoded = Change(message, changes) }));

    /// <summary>Puts a locked message aside, so that only its sequence number gets it again.</summary>
    public bool Defer(Guid held, Changes? changes = null) => WithLock(held, (message, _) =>
    {
        Change(message, changes);
        table.Defer(message);
    });

    /// <summary>Gives a locked message up. A dead-letter queue keeps its own messages.</summary>
    /// <param name="held">The lock.</param>
    /// <param name="changes">Application properties that get other values, reason and description among them.</param>
    public bool DeadLetter(Guid held, Changes? changes = null) => WithLock(held, (message, _) =>
    {
        var encoded = Change(message, changes);
        if (deadLetters is null)
        {
            table.Unlock(message, message.DeliveryCount);
            return;
        }

        deadLetters.table.Adopt(message, encoded);
    });

    /// <summary>Gives a message back as if it had never been handed out, because its receiver left before it arrived.</summary>
    public bool TakeBack(Guid held) => WithLock(held, (message, _) => table.Unlock(message, message.DeliveryCount - 1));

    /// <summary>Renews the lock; null when the lock is not held.</summary>
    public DateTimeOffset? Renew(Guid held)
    {
        var until = DateTimeOffset.MinValue;
        return WithLock(held, (message, now) => table.SetDue(message, until = now.AddSeconds(settings.LockSeconds))) ? until : null;
    }

    /// <summary>All messages in order, locked and scheduled ones too; for looking only.</summary>
    public IReadOnlyList<QueuedMessage> Peek() => InTransaction(_ => table.All());

    /// <summary>Some messages in order from a sequence number on; for looking only.</summary>
    public IReadOnlyList<QueuedMessage> Peek(long from, int count) => InTransaction(_ => table.From(from, count));

    /// <summary>How many messages are in a state.</summary>
    public int Count(MessageState state) => InTransaction(_ => table.Count(state));

    /// <summary>Makes every scheduled message due, or ends every lock, at once; how many there were.</summary>
    public int MakeDue(MessageState state)
    {
        var released = InTransaction(now => table.SetDue(state, now));
        Changed();
        return released;
    }

    /// <summary>Lets receivers look at the time again.</summary>
    public void ClockMoved() => Changed();

    private long Send(IncomingMessage message, bool twice, DateTimeOffset now)
    {
        var isNew = settings.DuplicateDetectionMinutes == 0
            || table.Remember(message.MessageId, now, now.AddMinutes(settings.DuplicateDetectionMinutes));
        var number = 0L;
        for (var copies = (isNew ? 1 : 0) + (twice ? 1 : 0); copies > 0; copies--)
        {
            number = Insert(message, now);
        }

        return number;
    }

    private long Insert(IncomingMessage message, DateTimeOffset now)
    {
        var longest = TimeSpan.FromDays(settings.TimeToLiveDays);
        var life = message.TimeToLive is { } asked && asked < longest ? asked : longest;
        var isScheduled = message.ScheduledEnqueueTime > now;
        var enqueued = isScheduled ? message.ScheduledEnqueueTime!.Value : now;
        return table.Insert(message, isScheduled ? MessageState.Scheduled : MessageState.Active, enqueued, enqueued + life);
    }

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

    private byte[] Change(QueuedMessage message, Changes? changes)
    {
        if (changes is null or { Count: 0 })
        {
            return message.Encoded;
        }

        var encoded = changes.Apply(message.Encoded);
        table.Rewrite(message, encoded);
        return encoded;
    }

    private bool WithLock(Guid held, Action<QueuedMessage, DateTimeOffset> act)
    {
        var isHeld = InTransaction(now =>
        {
            if (table.LockedWith(held) is not { } message)
            {
                return false;
            }

            act(message, now);
            return true;
        });
        Changed();
        return isHeld;
    }

    /// <summary>Lets everything happen that has become due, then does the work.</summary>
    private T InTransaction<T>(Func<DateTimeOffset, T> work)
    {
        var isSettled = false;
        var result = database.Transact(() =>
        {
            var now = time.GetUtcNow();
            if (table.AnyDue(now))
            {
                isSettled = true;
                table.Due(now).ForEach(message => Settle(message, now));
            }

            return work(now);
        });
        if (isSettled)
        {
            Changed();
        }

        return result;
    }

    private void Settle(QueuedMessage message, DateTimeOffset now)
    {
        switch (message.State)
        {
            case MessageState.Scheduled:
                table.Activate(message, message.EnqueuedTime < now ? message.EnqueuedTime : now);
                break;
            case MessageState.Locked:
                Release(message);
                break;
            default:
                table.Delete(message);
                break;
        }
    }

    private void Release(QueuedMessage message)
    {
        if (deadLetters is null || message.DeliveryCount < settings.MaxDeliveryCount)
        {
            table.Unlock(message, message.DeliveryCount);
            return;
        }

        deadLetters.table.Adopt(message, TooManyDeliveries.Apply(message.Encoded));
    }

    private void Changed()
    {
        change.Raise();
        anyChange.Raise();
        deadLetters?.Changed();
    }
}
