namespace BlokSec.Local.ServiceBus;

/// <summary>
/// One queue, or the dead-letter queue of one. Behaves as
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/message-transfers-locks-settlement">Service Bus describes it</see>:
/// at least once, in order of sequence numbers, a message given back at its old place.
/// </summary>
internal sealed partial class MessageQueue(MessageDatabase database, QueueTopology settings, TimeProvider time, Signal anyChange, MessageQueue? deadLetters)
{
    /// <summary>The last part of the path of a queue's dead letters.</summary>
    public const string DeadLetterSuffix = "$DeadLetterQueue";

    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    private readonly QueueTable table = new(database, settings.Name);
    private readonly Signal change = new();
    private int waiting;

    /// <summary>The path; a dead-letter queue's ends in <c>/$DeadLetterQueue</c>.</summary>
    public string Path => settings.Name;

    /// <summary>Where messages go that nobody could handle; null for a dead-letter queue itself.</summary>
    public MessageQueue? DeadLetters => deadLetters;

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

    private void Changed()
    {
        change.Raise();
        anyChange.Raise();
        deadLetters?.Changed();
    }
}
