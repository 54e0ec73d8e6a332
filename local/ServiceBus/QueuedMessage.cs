namespace BlokSec.Local.ServiceBus;

/// <summary>Where a message is in its life. The numbers are what the database holds.</summary>
internal enum MessageState
{
    /// <summary>Waits to be received.</summary>
    Active = 0,

    /// <summary>Waits for its enqueue time.</summary>
    Scheduled = 1,

    /// <summary>Was received and is not settled yet.</summary>
    Locked = 2,

    /// <summary>Was put aside by its receiver; only its sequence number gets it.</summary>
    Deferred = 3,
}

/// <summary>What a sender hands over.</summary>
internal sealed record IncomingMessage
{
    /// <summary>Key of duplicate detection.</summary>
    public required string MessageId { get; init; }

    /// <summary>When it becomes visible; null at once.</summary>
    public DateTimeOffset? ScheduledEnqueueTime { get; init; }

    /// <summary>How long it lives from then on; null as long as the queue allows.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The message itself, encoded as AMQP.</summary>
    public required byte[] Encoded { get; init; }
}

/// <summary>A message as the queue holds it.</summary>
internal sealed record QueuedMessage
{
    /// <summary>Its key in the database.</summary>
    public required long Id { get; init; }

    /// <summary>Its place in the queue; a scheduled message gets a new one when it becomes due.</summary>
    public required long SequenceNumber { get; init; }

    /// <summary>In a dead-letter queue, its place in the queue that it came from; else 0.</summary>
    public required long EnqueuedSequenceNumber { get; init; }

    public required string MessageId { get; init; }

    public required MessageState State { get; init; }

    /// <summary>How often it was handed out.</summary>
    public required int DeliveryCount { get; init; }

    /// <summary>When it became visible, or will.</summary>
    public required DateTimeOffset EnqueuedTime { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public Guid? LockToken { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Whether it was put aside; being locked does not change that.</summary>
    public required bool IsDeferred { get; init; }

    /// <summary>The message itself as its sender encoded it, with the changes that receivers made to its properties.</summary>
    public required byte[] Encoded { get; init; }

    /// <summary>The bytes of its body.</summary>
    public byte[] Body => MessageSections.Read(Encoded).Body();
}

/// <summary>How many messages a queue holds.</summary>
/// <param name="Active">Waiting to be received.</param>
/// <param name="Locked">Received and not settled.</param>
/// <param name="Scheduled">Waiting for their time.</param>
/// <param name="DeadLettered">In its dead-letter queue.</param>
/// <param name="Deferred">Put aside by a receiver.</param>
internal sealed record QueueCounts(int Active, int Locked, int Scheduled, int DeadLettered, int Deferred = 0);
