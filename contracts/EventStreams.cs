namespace BlokSec.Contracts;

/// <summary>Whether events are sent over a stream (Shared Signals Framework 1.0, section 8.1.2).</summary>
public enum EventStreamStatus
{
    /// <summary>Events are sent.</summary>
    Enabled,

    /// <summary>Events are held, and sent once the stream is enabled.</summary>
    Paused,

    /// <summary>No event is sent or held.</summary>
    Disabled,
}

/// <summary>How far the delivery of an event is.</summary>
public enum EventDeliveryState
{
    /// <summary>It is being sent, is held while the stream is paused, or waits until the receiver polls.</summary>
    Waiting,

    /// <summary>The receiver has taken it.</summary>
    Delivered,

    /// <summary>The receiver does not want it.</summary>
    Refused,

    /// <summary>The receiver did not take it in time.</summary>
    GivenUp,

    /// <summary>The stream was disabled or deleted before it was sent.</summary>
    Dropped,
}

/// <summary>A stream of events to a receiver.</summary>
/// <param name="StreamId">Its id.</param>
/// <param name="ClientId">The OAuth client that receives.</param>
/// <param name="Description">What the receiver says about it.</param>
/// <param name="Pushed">Whether events are pushed; else the receiver polls.</param>
/// <param name="Endpoint">Where they are pushed: scheme, host and path, never a query; null when the receiver polls.</param>
/// <param name="Events">The URIs of the events that are sent.</param>
/// <param name="Status">Whether events are sent.</param>
/// <param name="StatusReason">Why.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="VerifiedAt">When the receiver last asked for a verification event.</param>
/// <param name="PolledAt">When the receiver last polled.</param>
public sealed record EventStreamDetails(
    string StreamId,
    string ClientId,
    string? Description,
    bool Pushed,
    string? Endpoint,
    IReadOnlyList<string> Events,
    EventStreamStatus Status,
    string? StatusReason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? VerifiedAt,
    DateTimeOffset? PolledAt);

/// <summary>The streams of a tenant: there are few.</summary>
/// <param name="Streams">The streams, the oldest first.</param>
public sealed record EventStreamList(IReadOnlyList<EventStreamDetails> Streams)
{
    /// <summary>How many there are beside these that cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>A try to deliver an event.</summary>
/// <param name="At">When.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record EventAttemptDetails(DateTimeOffset At, string Outcome);

/// <summary>An event and how far its delivery is.</summary>
/// <param name="EventId">Its id, the <c>jti</c> of the token.</param>
/// <param name="EventType">Its URI.</param>
/// <param name="UserId">The user that it is about; null for an event about the stream itself.</param>
/// <param name="State">How far it is.</param>
/// <param name="Reason">Why it is not delivered.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SettledAt">When it was delivered, refused or given up.</param>
/// <param name="NextAttemptAt">When it is pushed next.</param>
/// <param name="Attempts">How often it was pushed.</param>
/// <param name="History">The last attempts.</param>
public sealed record EventDeliveryDetails(
    string EventId,
    string EventType,
    string? UserId,
    EventDeliveryState State,
    string? Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SettledAt,
    DateTimeOffset? NextAttemptAt,
    int Attempts,
    IReadOnlyList<EventAttemptDetails> History);

/// <summary>A page of the events of a stream, the newest first.</summary>
/// <param name="Events">The events.</param>
/// <param name="Continuation">For the next page; null when this is the last.</param>
public sealed record EventDeliveryList(IReadOnlyList<EventDeliveryDetails> Events, string? Continuation)
{
    /// <summary>How many events of this page cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>Pauses a stream, or lets it continue.</summary>
public sealed record SetEventStreamStatusRequest
{
    /// <summary>The new status: <c>enabled</c> or <c>paused</c>.</summary>
    public required EventStreamStatus Status { get; init; }

    /// <summary>Why; the receiver is told it.</summary>
    [DisplayText(200)]
    public string? Reason { get; init; }
}
