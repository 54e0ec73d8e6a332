namespace BlokSec.Local.ServiceBus;

/// <content>What becomes of messages that are locked.</content>
internal sealed partial class MessageQueue
{
    private Changes TooManyDeliveries => Changes.DeadLetter(
        "MaxDeliveryCountExceeded", $"Message could not be consumed after {settings.MaxDeliveryCount} delivery attempts.");

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

    private void Release(QueuedMessage message)
    {
        if (deadLetters is null || message.DeliveryCount < settings.MaxDeliveryCount)
        {
            table.Unlock(message, message.DeliveryCount);
            return;
        }

        deadLetters.table.Adopt(message, TooManyDeliveries.Apply(message.Encoded));
    }
}
