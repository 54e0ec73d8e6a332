using Microsoft.Azure.Amqp;

namespace BlokSec.Local.ServiceBus.Amqp;

/// <summary>Understands the messages that clients send.</summary>
internal static class MessageReader
{
    /// <summary>The message format of a batch: each of its data sections is an encoded message.</summary>
    private const uint Batch = 0x80013700;
    private const int LongestId = 128;
    private const string ScheduledEnqueueTime = "x-opt-scheduled-enqueue-time";
    private const string ViaPartitionKey = "x-opt-via-partition-key";

    /// <summary>The messages of a transfer.</summary>
    /// <exception cref="InvalidDataException">It is not encoded as it should be.</exception>
    /// <exception cref="AmqpException">It asks for what is not known here.</exception>
    public static IReadOnlyList<IncomingMessage> Read(AmqpMessage transfer)
    {
        var encoded = Bytes(transfer);
        return transfer.MessageFormat == Batch
            ? [.. MessageSections.Read(encoded).DataSections().Select(Read)]
            : [Read(encoded)];
    }

    /// <summary>One message; whoever has no id gets one.</summary>
    /// <exception cref="InvalidDataException">It is not encoded as it should be.</exception>
    /// <exception cref="AmqpException">It asks for what is not known here.</exception>
    public static IncomingMessage Read(byte[] encoded)
    {
        var message = MessageSections.Read(encoded);
        if (message.Annotations.Map.TryGetValue<object>(ViaPartitionKey, out _))
        {
            throw Conditions.NotImplemented("transfers over another queue");
        }

        if (message.Properties.MessageId is null)
        {
            message.SetProperties(properties => properties.MessageId = Guid.NewGuid().ToString("N"));
            encoded = message.ToBytes();
        }

        var messageId = message.Properties.MessageId!.ToString()!;
        if (messageId.Length is 0 or > LongestId)
        {
            throw Conditions.Refuse(StatusCodes.Status400BadRequest, $"MessageId must have 1 to {LongestId} characters.");
        }

        return new IncomingMessage
        {
            MessageId = messageId,
            ScheduledEnqueueTime = message.Annotations.Map.TryGetValue<DateTime>(ScheduledEnqueueTime, out var due)
                ? new DateTimeOffset(DateTime.SpecifyKind(due, DateTimeKind.Utc), TimeSpan.Zero)
                : null,
            TimeToLive = message.Header.Ttl is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
            Encoded = encoded,
        };
    }

    private static byte[] Bytes(AmqpMessage transfer)
    {
        using var bytes = new MemoryStream();
        using var stream = transfer.ToStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
