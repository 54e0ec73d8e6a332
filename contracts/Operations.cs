using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace BlokSec.Contracts;

/// <summary>The phrases an administrator types, letter by letter, before anything is removed.</summary>
public static class ConfirmationPhrases
{
    /// <summary>Confirms the removal of one device.</summary>
    public const string RemoveDevice = "remove device";

    /// <summary>Confirms the removal of all devices and the reset of the DID.</summary>
    public const string UnregisterAllDevices = "unregister all devices";

    /// <summary>Confirms the removal of accounts.</summary>
    public const string RemoveAccounts = "remove accounts";
}

/// <summary>Removes one device.</summary>
public sealed record RemoveDeviceRequest
{
    /// <summary>Exactly <c>remove device</c>.</summary>
    /// <example>remove device</example>
    [StringLength(100, ErrorMessage = "is at most 100 characters")]
    public required string Confirmation { get; init; }

    /// <summary>Hash of the plan the administrator saw; when it is stale, nothing is done.</summary>
    [StringLength(128, ErrorMessage = "is at most 128 characters")]
    public string? PlanHash { get; init; }

    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Lost on a train</example>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }

    /// <summary>
    /// Since when the phone may be in other hands, not in the future. What it accepted from then on is marked for review, see
    /// <see cref="AuthenticationRequestDetails.ForReview"/>.
    /// </summary>
    /// <example>2026-11-25T08:30:00Z</example>
    [JsonConverter(typeof(MomentConverter))]
    public DateTimeOffset? LostSince { get; init; }

    /// <summary>
    /// The phone is stolen or in other hands: the revoke push and the deletion do not wait, whatever <see cref="TenantPolicies.HoldMinutes"/> says.
    /// A phone that was lost does not wait either. Ends the hold of a removal that waits.
    /// </summary>
    public bool Immediately { get; init; }
}

/// <summary>Takes a removal back that is on hold.</summary>
public sealed record WithdrawRemovalRequest
{
    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>It was the wrong phone</example>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }
}

/// <summary>Removes all devices of a user and resets the DID.</summary>
public sealed record UnregisterAllDevicesRequest
{
    /// <summary>Exactly <c>unregister all devices</c>.</summary>
    /// <example>unregister all devices</example>
    [StringLength(100, ErrorMessage = "is at most 100 characters")]
    public required string Confirmation { get; init; }

    /// <summary>Hash of the plan the administrator saw; when it is stale, nothing is done.</summary>
    [StringLength(128, ErrorMessage = "is at most 128 characters")]
    public string? PlanHash { get; init; }

    /// <summary>Why, for the auditor; at most 500 characters, as <see cref="DisplayText"/> allows them. A line break becomes a blank.</summary>
    /// <example>Lost on a train</example>
    [DisplayText(500, HasLines = true)]
    public string? Reason { get; init; }
}

/// <summary>What an operation does.</summary>
public enum OperationKind
{
    /// <summary>One device is removed.</summary>
    RemoveDevice,

    /// <summary>All devices are removed and the DID is reset.</summary>
    UnregisterAllDevices,

    /// <summary>A phone redeemed a claim: its DID is bound to the user's accounts.</summary>
    Enrollment,

    /// <summary>Accounts of the user are removed: all, those of an application, or single ones. Devices stay registered.</summary>
    RemoveAccounts,

    /// <summary>People of a file become users.</summary>
    ImportUsers,
}

/// <summary>State of a long-running operation, in the words of Microsoft's API guidelines; also of its steps.</summary>
public enum OperationStatus
{
    /// <summary>Committed, not yet picked up.</summary>
    NotStarted,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Cannot continue without an operator.</summary>
    Failed,

    /// <summary>Taken back while it was on hold: the devices are as they were.</summary>
    Withdrawn,
}

/// <summary>The parts of an operation.</summary>
public enum OperationStepName
{
    /// <summary>The devices are refused. Done when the operation exists.</summary>
    Block,

    /// <summary>A revoke push for each device is queued. The pushes themselves are shown per device.</summary>
    QueuePushes,

    /// <summary>The device documents are deleted.</summary>
    DeleteDevices,

    /// <summary>The DID of every account is made that of the user.</summary>
    ResetDid,

    /// <summary>The claim to enroll again is created.</summary>
    CreateClaim,

    /// <summary>The accounts of an application are removed, or those of all applications that have no step of their own.</summary>
    RemoveAccounts,

    /// <summary>The rows of a file become users.</summary>
    ImportUsers,
}

/// <summary>One part of an operation.</summary>
/// <param name="Name">Which part.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Completed">How many of its items (devices, accounts) are done.</param>
/// <param name="Total">How many items it has.</param>
/// <param name="UpdatedAt">When it last moved.</param>
/// <param name="Detail">What went wrong, in plain words.</param>
public sealed record OperationStepDetails(
    OperationStepName Name, OperationStatus Status, int Completed, int Total, DateTimeOffset UpdatedAt, string? Detail)
{
    /// <summary>The application whose accounts the step removes; null for other steps, and for the step of all further applications.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>Its name.</summary>
    public string? ApplicationName { get; init; }
}

/// <summary>The status monitor of a long-running operation.</summary>
/// <param name="OperationId">Its id.</param>
/// <param name="UserId">The user it concerns.</param>
/// <param name="Kind">What it does.</param>
/// <param name="Status">How far it is. Pushes do not hold it open.</param>
/// <param name="RequestedBy">Who asked for it: an administrator, or the device that enrolled.</param>
/// <param name="Reason">Why, as the administrator said.</param>
/// <param name="RequestedAt">When it was committed; from then on the devices are refused.</param>
/// <param name="DispatchedAt">When its work was queued.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Steps">Its parts.</param>
/// <param name="DeviceIds">The devices it removes, or the one that enrolled.</param>
public sealed record OperationDetails(
    string OperationId,
    string UserId,
    OperationKind Kind,
    OperationStatus Status,
    string RequestedBy,
    string? Reason,
    DateTimeOffset RequestedAt,
    DateTimeOffset? DispatchedAt,
    DateTimeOffset? FinishedAt,
    IReadOnlyList<OperationStepDetails> Steps,
    IReadOnlyList<string> DeviceIds)
{
    /// <summary>Since when the device may have been in other hands, as the administrator said.</summary>
    public DateTimeOffset? LostSince { get; init; }

    /// <summary>Until when it waits with what cannot be taken back, the devices being blocked; null when it does not wait, or not any more.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Who took it back; null when nobody did.</summary>
    public string? WithdrawnBy { get; init; }

    /// <summary>Which accounts it removes; null for operations about devices.</summary>
    public AccountScopeKind? AccountScope { get; init; }

    /// <summary>The bulk operation that it is a part of; null for a decision about this user alone.</summary>
    public string? BulkOperationId { get; init; }

    /// <summary>What became of each removed device; filled by the operation's own page.</summary>
    public IReadOnlyList<RevocationDetails>? Revocations { get; init; }
}

/// <summary>How far a removed device is: the truth, never more than is known.</summary>
public enum RevocationState
{
    /// <summary>Refused by the server. Whether the phone knows is not confirmed yet.</summary>
    Blocked,

    /// <summary>Apple or Google took the push. Whether the phone got it is not confirmed yet.</summary>
    PushAccepted,

    /// <summary>The app was opened and was told that it is removed.</summary>
    LearnedAtNextOpen,

    /// <summary>The app said, signed by its dying key, that it erased itself.</summary>
    Confirmed,
}

/// <summary>The state of a device's revoke push.</summary>
public enum RevokePushState
{
    /// <summary>To be sent.</summary>
    Queued,

    /// <summary>The provider could not take it; it is tried again.</summary>
    Retrying,

    /// <summary>The provider took it.</summary>
    Accepted,

    /// <summary>The device has no push handle, or a dead one.</summary>
    Unreachable,

    /// <summary>Not (or no longer) sent: the push handle belongs to a live registration by now, or the phone confirmed its erasure.</summary>
    Cancelled,

    /// <summary>Given up: the provider refused it or the time to try is over.</summary>
    GivenUp,
}

/// <summary>An entry of a revocation's timeline.</summary>
/// <param name="What">Blocked, HoldEnded, PushQueued, PushRetrying, PushAccepted, PushUnreachable, PushCancelled, PushGivenUp, Nudged, LearnedAtNextOpen or Confirmed.</param>
/// <param name="At">When.</param>
/// <param name="Detail">The provider's reason, in plain words; of a nudge, who asked for it.</param>
public sealed record RevocationEvent(string What, DateTimeOffset At, string? Detail);

/// <summary>What became of a removed device.</summary>
/// <param name="DeviceId">The removed device.</param>
/// <param name="Name">Its name.</param>
/// <param name="Model">Its model.</param>
/// <param name="Platform">Its system.</param>
/// <param name="Epoch">The registration epoch that was revoked.</param>
/// <param name="OperationId">The operation that removed it.</param>
/// <param name="State">How far it is.</param>
/// <param name="BlockedAt">When the server began to refuse it.</param>
/// <param name="Push">What became of its revoke push.</param>
/// <param name="PushReason">The provider's reason, in plain words.</param>
/// <param name="PushAttempts">How often the push was tried.</param>
/// <param name="NextAttemptAt">When the push is tried again.</param>
/// <param name="RetryUntil">Until when the push is tried.</param>
/// <param name="Timeline">All that happened, oldest first.</param>
public sealed record RevocationDetails(
    string DeviceId,
    string Name,
    string Model,
    DevicePlatform Platform,
    long Epoch,
    string OperationId,
    RevocationState State,
    DateTimeOffset BlockedAt,
    RevokePushState Push,
    string? PushReason,
    int PushAttempts,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset RetryUntil,
    IReadOnlyList<RevocationEvent> Timeline)
{
    /// <summary>Until when the push can be sent once more by hand (a nudge); null when it cannot: it is still tried, the phone has confirmed, or it cannot be reached.</summary>
    public DateTimeOffset? NudgeUntil { get; init; }

    /// <summary>Until when the removal can be taken back: till then the phone is refused, and is told nothing. Null when it is not on hold.</summary>
    public DateTimeOffset? HeldUntil { get; init; }
}
