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

    /// <summary>The sender's other broker properties, such as <c>Label</c>, given back as they came.</summary>
    public IReadOnlyDictionary<string, string> BrokerProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>Custom properties as their headers spell them: strings in quotes, numbers bare.</summary>
    public IReadOnlyDictionary<string, string> CustomProperties { get; init; } = new Dictionary<string, string>();

    public string? ContentType { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }
}

/// <summary>A message as the queue holds it.</summary>
internal sealed record QueuedMessage
{
    /// <summary>Its key in the database.</summary>
    public required long Id { get; init; }

    /// <summary>Its place in the queue; a scheduled message gets a new one when it becomes due.</summary>
    public required long SequenceNumber { get; init; }

    public required string MessageId { get; init; }

    public required MessageState State { get; init; }

    /// <summary>How often it was handed out.</summary>
    public required int DeliveryCount { get; init; }

    /// <summary>When it became visible, or will.</summary>
    public required DateTimeOffset EnqueuedTime { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public Guid? LockToken { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    public required IReadOnlyDictionary<string, string> BrokerProperties { get; init; }

    public required IReadOnlyDictionary<string, string> CustomProperties { get; init; }

    public string? ContentType { get; init; }

    public required byte[] Body { get; init; }
}

/// <summary>How many messages a queue holds.</summary>
/// <param name="Active">Waiting to be received.</param>
/// <param name="Locked">Received and not settled.</param>
/// <param name="Scheduled">Waiting for their time.</param>
/// <param name="DeadLettered">In its dead-letter queue.</param>
internal sealed record QueueCounts(int Active, int Locked, int Scheduled, int DeadLettered);
