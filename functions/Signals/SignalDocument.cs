using BlokSec.Functions.Identities;
using BlokSec.Functions.Mail;

namespace BlokSec.Functions.Signals;

/// <summary>One event of a signal.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Reason">What receivers' administrators read: a sentence of ours, never what somebody typed.</param>
internal sealed record SignalEvent(SignalKind Kind, string Reason)
{
    /// <summary>The name of the phone that it is about.</summary>
    public string? DeviceName { get; init; }

    /// <summary>When it happened, if that was not when the signal was made.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The user's new address; null when there is none, or it did not change.</summary>
    public string? NewEmail { get; init; }
}

/// <summary>
/// What applications, and the user by mail, must learn of one change: an outbox, written in the transaction of the change. <see cref="PublishSignal"/> makes
/// the events of each stream from it.
/// </summary>
internal sealed record SignalDocument : IdentityDocument
{
    public const string DocumentType = "signal";

    /// <summary>Seconds that Cosmos DB keeps a signal: 30 days.</summary>
    public const int RetentionSeconds = 30 * 24 * 3600;

    public override string Type => DocumentType;

    /// <summary>32 hexadecimal digits; that of the operation, where an operation is the cause.</summary>
    public required string SignalId { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The user's address at that time.</summary>
    public string? Email { get; init; }

    /// <summary>Who caused it: <c>admin</c>, <c>user</c>, <c>policy</c> or <c>system</c> (CAEP 1.0, section 2).</summary>
    public required string InitiatingEntity { get; init; }

    /// <summary>The events, in the order in which receivers get them; none for what applications need not know.</summary>
    public required IReadOnlyList<SignalEvent> Events { get; init; }

    /// <summary>The only applications that are told; null for all receivers of the tenant.</summary>
    public IReadOnlyList<string>? ApplicationIds { get; init; }

    /// <summary>What the user is told by mail; null for nothing.</summary>
    public MailNotice? Notice { get; init; }

    /// <summary>When its events have to be made; null once they are. Overdue ones are found by the timer.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Why its events were never made.</summary>
    public string? GivenUp { get; init; }

    /// <summary>W3C trace context of the change.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Seconds that Cosmos DB keeps it.</summary>
    public int? Ttl { get; init; }

    public static string IdOf(string signalId) => $"signal:{signalId}";
}
