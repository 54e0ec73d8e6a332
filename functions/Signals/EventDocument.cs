using System.Globalization;
using System.Text.Json.Serialization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Signals;

/// <summary>A try to deliver an event.</summary>
/// <param name="At">When.</param>
/// <param name="Outcome">What came of it, in plain words.</param>
internal sealed record EventAttempt(DateTimeOffset At, string Outcome);

/// <summary>
/// An event for one stream, in the partition of that stream. Its id is made of the time, the signal and the stream: so the events of a stream sort
/// by time, and the same signal published twice makes the same event.
/// </summary>
internal sealed record EventDocument : IdentityDocument
{
    public const string DocumentType = "event";

    /// <summary>Begins the id of every event.</summary>
    public const string Begin = "event:";

    /// <summary>Comes after the id of every event.</summary>
    public const string End = "event:~";

    /// <summary>Attempts that an event lists: the last ones.</summary>
    public const int MaxHistory = 20;

    public override string Type => DocumentType;

    /// <summary>The <c>jti</c>.</summary>
    public required string EventId { get; init; }

    public required string EventType { get; init; }

    /// <summary>The user that it is about; null for an event about the stream itself.</summary>
    public string? Subject { get; init; }

    public required EventDeliveryState State { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The payload of the token, as JSON. It is signed when it leaves, with the key of that time.</summary>
    public required string Claims { get; init; }

    public int Attempts { get; init; }

    /// <summary>When it is pushed next; null when it is settled, held, or waits for a poll. Overdue ones are found by the timer.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Until when it is pushed again.</summary>
    public DateTimeOffset RetryUntil { get; init; }

    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Why it is not delivered, in plain words.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<EventAttempt> History { get; init => field = value ?? []; } = [];

    /// <summary>Seconds that Cosmos DB keeps it.</summary>
    public int? Ttl { get; init; }

    /// <summary>Whether it is about the stream itself: such events are sent whatever the status.</summary>
    [JsonIgnore]
    public bool IsAboutStream => Subject is null;

    public static string IdOf(string eventId) => $"{Begin}{eventId}";

    /// <summary>The <c>jti</c> of an event.</summary>
    /// <param name="at">When it happened; comes first, so that ids sort by it.</param>
    /// <param name="cause">The signal, or what else is its cause: 32 hexadecimal digits.</param>
    /// <param name="index">Which event of the cause.</param>
    /// <param name="streamId">For which stream.</param>
    public static string NewId(DateTimeOffset at, string cause, int index, string streamId) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds():x11}.{cause}.{index:x2}.{streamId}");

    /// <summary>Comes after the ids of all events of a time and before, and before those of later ones.</summary>
    public static string EndOf(DateTimeOffset? at) =>
        at is { } time ? string.Create(CultureInfo.InvariantCulture, $"{Begin}{time.ToUnixTimeMilliseconds():x11}~") : Begin;
}
