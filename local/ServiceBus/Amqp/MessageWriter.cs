using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Encoding;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>
/// Encodes messages for receivers, with the broker's
/// <see href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide#message-annotations">annotations</see>.
/// </summary>
internal static class MessageWriter
{
    private const string DeadLetterSuffix = "/" + MessageQueue.DeadLetterSuffix;

    // The values of x-opt-message-state
    private const int Active = 0;
    private const int Deferred = 1;
    private const int Scheduled = 2;

    /// <summary>A message to be transferred.</summary>
    public static AmqpMessage Transfer(QueuedMessage message, MessageQueue queue) =>
        AmqpMessage.CreateAmqpStreamMessage(new BufferListStream([new ArraySegment<byte>(Encode(message, queue))]), payloadInitialized: true);

    /// <summary>A message that is handed out, or only looked at.</summary>
    public static byte[] Encode(QueuedMessage message, MessageQueue queue, bool isPeeked = false)
    {
        var sections = MessageSections.Read(message.Encoded);
        sections.Header.DeliveryCount = (uint)Math.Max(0, isPeeked ? message.DeliveryCount : message.DeliveryCount - 1);
        var annotations = sections.Annotations.Map;
        annotations[(AmqpSymbol)"x-opt-sequence-number"] = message.SequenceNumber;
        annotations[(AmqpSymbol)"x-opt-enqueued-time"] = message.EnqueuedTime.UtcDateTime;
        annotations[(AmqpSymbol)"x-opt-enqueue-sequence-number"] = message.EnqueuedSequenceNumber;
        annotations[(AmqpSymbol)"x-opt-message-state"] = message switch
        {
            { IsDeferred: true } => Deferred,
            { State: MessageState.Scheduled } => Scheduled,
            _ => Active,
        };
        if (message.LockedUntil is { } until)
        {
            annotations[(AmqpSymbol)"x-opt-locked-until"] = queue.ByRealClock(until).UtcDateTime;
        }

        if (queue.Path.EndsWith(DeadLetterSuffix, StringComparison.OrdinalIgnoreCase))
        {
            annotations[(AmqpSymbol)"x-opt-deadletter-source"] = queue.Path[..^DeadLetterSuffix.Length];
        }

        return sections.ToBytes();
    }
}
