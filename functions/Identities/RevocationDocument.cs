using System.Text.Json.Serialization;
using BlokSec.Contracts;
using BlokSec.Functions.Push;

namespace BlokSec.Functions.Identities;

/// <summary>
/// The removal of one device. Is never deleted, unless it is taken back while on hold: it is how a removed phone learns the truth.
/// </summary>
internal sealed record RevocationDocument : IdentityDocument
{
    public const string DocumentType = "revocation";

    public override string Type => DocumentType;

    public required string DeviceId { get; init; }

    public required string Name { get; init; }

    public required string Model { get; init; }

    public required DevicePlatform Platform { get; init; }

    public required long Epoch { get; init; }

    public required string OperationId { get; init; }

    /// <summary>The removed device's public key: it may still ask and confirm.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Where the revoke push goes. Once the push is settled it is not kept here, see <see cref="HandleKeptUntil"/>.</summary>
    public PushHandle? PushHandle { get; init; }

    /// <summary>Until when a <see cref="RevokedHandleDocument"/> keeps the handle for a nudge; null when none does.</summary>
    public DateTimeOffset? HandleKeptUntil { get; init; }

    /// <summary>When an administrator last had the push sent once more.</summary>
    public DateTimeOffset? NudgedAt { get; init; }

    /// <summary>The pushes of the last nudges, so that a nudge whose request comes again late is not sent again.</summary>
    public IReadOnlyList<string> NudgeIds { get; init; } = [];

    /// <summary>Identifies the push at the provider; the same at every retry.</summary>
    public required string PushId { get; init; }

    /// <summary>The signed revocation statement, a compact JWS; empty while on hold: what can be taken back is not signed.</summary>
    public required string Statement { get; init; }

    public required DateTimeOffset BlockedAt { get; init; }

    /// <summary>Until when the removal can be taken back; null for one that never waited.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>When the hold ended; null while it lasts, and for a removal that never waited.</summary>
    public DateTimeOffset? HoldEndedAt { get; init; }

    public required RevokePushState Push { get; init; }

    public string? PushReason { get; init; }

    public int PushAttempts { get; init; }

    /// <summary>When the push is due; null once it is settled. Overdue ones are found by the timer.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When the push was first held back or not taken.</summary>
    public DateTimeOffset? RetryingSince { get; init; }

    public required DateTimeOffset RetryUntil { get; init; }

    public string? ProviderMessageId { get; init; }

    public DateTimeOffset? PushAcceptedAt { get; init; }

    public DateTimeOffset? LearnedAt { get; init; }

    /// <summary>The proof of the call with which the phone learned of its removal, as it came; null when that was before proofs were kept.</summary>
    public string? LearnedProof { get; init; }

    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>
    /// The proof of the call with which the phone confirmed its erasure, as it came: a compact JWS by its own key. Null when that was before
    /// proofs were kept.
    /// </summary>
    public string? ConfirmedProof { get; init; }

    /// <summary>W3C trace context of the request, for a push that is queued again.</summary>
    public string? TraceParent { get; init; }

    public IReadOnlyList<RevocationEvent> Timeline { get; init; } = [];

    /// <summary>Whether the phone is refused without being told that it was removed.</summary>
    [JsonIgnore]
    public bool IsHeld => HeldUntil is not null && HoldEndedAt is null;

    /// <summary>Since when the phone may be told.</summary>
    [JsonIgnore]
    public DateTimeOffset ToldFrom => HoldEndedAt ?? BlockedAt;

    /// <summary>The truth for the administrator, never more than is known.</summary>
    [JsonIgnore]
    public RevocationState State => this switch
    {
        { ConfirmedAt: not null } => RevocationState.Confirmed,
        { LearnedAt: not null } => RevocationState.LearnedAtNextOpen,
        { PushAcceptedAt: not null } => RevocationState.PushAccepted,
        _ => RevocationState.Blocked,
    };

    public static string IdOf(string deviceId) => $"revocation:{deviceId}";
}
