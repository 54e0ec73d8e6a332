using System.Text.Json;

namespace BlokSec.Local.ServiceBus;

/// <summary>
/// One queue, or the dead-letter queue of one. Behaves as
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement">Service Bus describes it</see>:
/// at least once, in order of sequence numbers, a message given back at its old place.
/// </summary>
internal sealed class MessageQueue(MessageDatabase database, QueueTopology settings, TimeProvider time, Signal anyChange, MessageQueue? deadLetters)
{
    private readonly QueueTable table = new(database, settings.Name);
    private readonly Signal change = new();
    private int waiting;

    /// <summary>The path; a dead-letter queue's ends in <c>/$DeadLetterQueue</c>.</summary>
    public string Path => settings.Name;

    /// <summary>Where messages go that nobody could handle; null for a dead-letter queue itself.</summary>
    public MessageQueue? DeadLetters => deadLetters;

    /// <summary>How many receivers wait for a message.</summary>
    public int WaitingReceivers => Volatile.Read(ref waiting);

    /// <summary>Stores a message; false when its id was seen within the window, so that it is accepted and dropped.</summary>
    /// <param name="message">The message.</param>
    /// <param name="twice">Stores it once more, past duplicate detection.</param>
    public bool Send(IncomingMessage message, bool twice = false)
    {
        var isNew = database.Transact(() =>
        {
            var now = time.GetUtcNow();
            var isNew = settings.DuplicateDetectionMinutes == 0
                || table.Remember(message.MessageId, now, now.AddMinutes(settings.DuplicateDetectionMinutes));
            for (var copies = (isNew ? 1 : 0) + (twice ? 1 : 0); copies > 0; copies--)
            {
                Insert(message, now);
            }

            return isNew;
        });
        Changed();
        return isNew;
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
            var changed = change.Next;
            if (take() is { } message)
            {
                return message;
            }

            var now = time.GetUtcNow();
            if (now >= deadline)
            {
                return null;
            }

            var until = database.Transact(table.NextAvailable) is { } available && available < deadline ? available : deadline;
            using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var timer = Task.Delay(until > now ? until - now : TimeSpan.Zero, time, giveUp.Token);
            Interlocked.Increment(ref waiting);
            anyChange.Raise();
            await Task.WhenAny(changed, timer);
            Interlocked.Decrement(ref waiting);
            await giveUp.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Locks the first message for a receiver, or the newest one; null when none waits.</summary>
    public QueuedMessage? TryLock(bool newestFirst) => InTransaction(now =>
    {
        if ((newestFirst ? table.Newest() : table.First()) is not { } message)
        {
            return null;
        }

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
    });

    /// <summary>Takes the first message, or the newest one, out of the queue for good; null when none waits.</summary>
    public QueuedMessage? TryTake(bool newestFirst)
    {
        var taken = InTransaction(_ =>
        {
            var message = newestFirst ? table.Newest() : table.First();
            if (message is not null)
            {
                table.Delete(message);
            }

            return message;
        });
        if (taken is null)
        {
            return null;
        }

        Changed();
        return taken with { DeliveryCount = taken.DeliveryCount + 1 };
    }

    /// <summary>Removes a locked message; false when the lock is not, or no longer, held.</summary>
    public bool Complete(MessageLock held) => WithLock(held, (message, _) => table.Delete(message));

    /// <summary>Gives a locked message back; after the last allowed delivery it goes to the dead-letter queue.</summary>
    public bool Abandon(MessageLock held) => WithLock(held, (message, _) => Release(message));

    /// <summary>Gives a message back as if it had never been handed out, because its receiver left before it arrived.</summary>
    public bool TakeBack(MessageLock held) => WithLock(held, (message, _) => table.Unlock(message, message.DeliveryCount - 1));

    /// <summary>Starts the lock's time anew; null when the lock is not held.</summary>
    public DateTimeOffset? Renew(MessageLock held)
    {
        var until = DateTimeOffset.MinValue;
        return WithLock(held, (message, now) => table.SetDue(message, until = now.AddSeconds(settings.LockSeconds))) ? until : null;
    }

    /// <summary>All messages in order, locked and scheduled ones too; for looking only.</summary>
    public IReadOnlyList<QueuedMessage> Peek() => InTransaction(_ => table.All());

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

    private void Insert(IncomingMessage message, DateTimeOffset now)
    {
        var longest = TimeSpan.FromDays(settings.TimeToLiveDays);
        var life = message.TimeToLive is { } asked && asked < longest ? asked : longest;
        var isScheduled = message.ScheduledEnqueueTime > now;
        var enqueued = isScheduled ? message.ScheduledEnqueueTime!.Value : now;
        table.Insert(message, isScheduled ? MessageState.Scheduled : MessageState.Active, enqueued, enqueued + life);
    }

    private bool WithLock(MessageLock held, Action<QueuedMessage, DateTimeOffset> act)
    {
        var isHeld = InTransaction(now =>
        {
            if (table.LockedWith(held.Token) is not { } message || !held.Fits(message))
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

        deadLetters.table.Adopt(message, new Dictionary<string, string>(message.CustomProperties)
        {
            ["DeadLetterReason"] = JsonSerializer.Serialize("MaxDeliveryCountExceeded"),
            ["DeadLetterErrorDescription"] = JsonSerializer.Serialize(
                $"Message could not be consumed after {settings.MaxDeliveryCount} delivery attempts."),
        });
    }

    private void Changed()
    {
        change.Raise();
        anyChange.Raise();
        deadLetters?.Changed();
    }
}
