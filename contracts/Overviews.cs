namespace BlokSec.Contracts;

/// <summary>A user in a list that is about something else.</summary>
/// <param name="UserId">The id.</param>
/// <param name="Name">Given and family name; null when the user is not there any more or cannot be read.</param>
public sealed record UserReference(string UserId, string? Name);

/// <summary>A page of the tenant's operations, newest first.</summary>
/// <param name="Operations">The operations of this page.</param>
/// <param name="Continuation">Pass it back, with the same filters, for the next page; null on the last. A page may have no operations and still not be the last.</param>
public sealed record TenantOperationList(IReadOnlyList<TenantOperation> Operations, string? Continuation)
{
    /// <summary>How many operations were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>An operation of the tenant.</summary>
/// <param name="User">The user it concerns; null for an import, which concerns many.</param>
/// <param name="Operation">The operation, without what became of each device.</param>
/// <param name="IsStalled">Whether it is under way and has made no progress for longer than the time after which its work is queued again.</param>
public sealed record TenantOperation(UserReference? User, OperationDetails Operation, bool IsStalled);

/// <summary>A page of the tenant's sign-in requests, newest first. Requests are kept for 90 days.</summary>
/// <param name="Requests">The requests of this page.</param>
/// <param name="Continuation">Pass it back, with the same filters, for the next page; null on the last. A page may have no requests and still not be the last.</param>
public sealed record TenantSignInList(IReadOnlyList<TenantSignIn> Requests, string? Continuation)
{
    /// <summary>How many requests were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>A sign-in request of the tenant.</summary>
/// <param name="User">Who is to sign in; null when the application named nobody who has an account there.</param>
/// <param name="Request">The request.</param>
public sealed record TenantSignIn(UserReference? User, AuthenticationRequestDetails Request);

/// <summary>A page of the tenant's removed devices, the last removed first.</summary>
/// <param name="Revocations">The removed devices of this page.</param>
/// <param name="Continuation">Pass it back, with the same filters, for the next page; null on the last. A page may have no devices and still not be the last.</param>
public sealed record TenantRevocationList(IReadOnlyList<TenantRevocation> Revocations, string? Continuation)
{
    /// <summary>How many removed devices were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>A removed device of the tenant.</summary>
/// <param name="User">Whose it was.</param>
/// <param name="Revocation">What became of it.</param>
/// <param name="BlockedBy">Who removed it; null when the operation is not there any more.</param>
public sealed record TenantRevocation(UserReference User, RevocationDetails Revocation, string? BlockedBy);

/// <summary>How many there are.</summary>
/// <param name="Count">How many were counted.</param>
/// <param name="HasMore">Whether there may be more: counting stops at a bound.</param>
public sealed record Tally(int Count, bool HasMore)
{
    /// <summary>How many of one kind are counted at most.</summary>
    public const int Most = 100;
}

/// <summary>What needs somebody in the tenant now. A part is null when it could not be read.</summary>
/// <param name="At">When it was read.</param>
/// <param name="PushProviders">How Apple and Google answer, as seen by the instance that answered this call.</param>
public sealed record TenantOverview(DateTimeOffset At, IReadOnlyList<PushProviderHealth> PushProviders)
{
    /// <summary>Operations under way.</summary>
    public OperationTallies? Operations { get; init; }

    /// <summary>What cannot continue without somebody.</summary>
    public FailureTallies? Failures { get; init; }

    /// <summary>Bulk operations that have not ended.</summary>
    public BulkTallies? BulkOperations { get; init; }

    /// <summary>Removed devices that did not confirm yet.</summary>
    public UnconfirmedRemovals? Removals { get; init; }

    /// <summary>Claims that can be redeemed.</summary>
    public ClaimTallies? Claims { get; init; }

    /// <summary>Alerts of the last 30 days.</summary>
    public AlertTallies? Alerts { get; init; }
}

/// <summary>Operations under way.</summary>
/// <param name="UnderWay">Those that have not ended.</param>
/// <param name="Stalled">Those of them without progress for longer than the time after which their work is queued again.</param>
public sealed record OperationTallies(Tally UnderWay, Tally Stalled);

/// <summary>What cannot continue without somebody.</summary>
/// <param name="Operations">Failed operations.</param>
/// <param name="LockedClaims">Claims at which too many wrong codes were tried.</param>
/// <param name="Events">Events that their receivers did not take in time.</param>
/// <param name="Approvals">Requests for approval that wait for a second administrator.</param>
public sealed record FailureTallies(Tally Operations, Tally LockedClaims, Tally Events, Tally Approvals);

/// <summary>Bulk operations that were started and have not ended, and those that cannot continue.</summary>
/// <param name="Running">Under way.</param>
/// <param name="Paused">Paused by an administrator: nothing is done before somebody resumes them.</param>
/// <param name="Failed">Those that cannot continue without somebody.</param>
public sealed record BulkTallies(Tally Running, Tally Paused, Tally Failed);

/// <summary>Removed devices of which the phone neither confirmed that it erased itself nor learned it at its next open.</summary>
/// <param name="Total">How many.</param>
/// <param name="Oldest">The one that waits longest; null when there is none.</param>
public sealed record UnconfirmedRemovals(Tally Total, OldestRemoval? Oldest);

/// <summary>The removal that waits longest for its confirmation.</summary>
/// <param name="User">Whose device it was.</param>
/// <param name="DeviceId">The removed device.</param>
/// <param name="DeviceName">The name of the device.</param>
/// <param name="BlockedAt">When it was blocked.</param>
/// <param name="Push">What became of the push.</param>
/// <param name="PushReason">The provider's reason, in plain words.</param>
/// <param name="CanNudge">Whether the push can be sent once more by hand.</param>
public sealed record OldestRemoval(
    UserReference User, string DeviceId, string DeviceName, DateTimeOffset BlockedAt, RevokePushState Push, string? PushReason, bool CanNudge)
{
    /// <summary>When the push was last queued, tried, accepted or given up; null when it was not queued yet.</summary>
    public DateTimeOffset? LastPushAt { get; init; }

    /// <summary>Who last asked that the push is sent once more; null when nobody did.</summary>
    public string? NudgedBy { get; init; }
}

/// <summary>Claims that can be redeemed.</summary>
/// <param name="Open">All of them.</param>
/// <param name="Expiring">Those that expire within <see cref="ExpiringHours"/>.</param>
public sealed record ClaimTallies(Tally Open, Tally Expiring)
{
    /// <summary>Hours before the end of a claim from which on it counts as expiring.</summary>
    public const int ExpiringHours = 4;
}

/// <summary>Alerts of the audit by what happened, and mails that could not be sent.</summary>
/// <param name="WeekFrom">When the last 7 days began: the audit with it as <c>from</c>, and <c>alert=true</c>, lists what is counted.</param>
/// <param name="Kinds">The kinds of the last 30 days, the most frequent of the last 7 days first.</param>
/// <param name="WeekHasMore">Whether there may be more of the last 7 days than were counted.</param>
/// <param name="MonthHasMore">Whether there may be more of the last 30 days than were counted.</param>
public sealed record AlertTallies(DateTimeOffset WeekFrom, IReadOnlyList<AlertTally> Kinds, bool WeekHasMore, bool MonthHasMore)
{
    /// <summary>Mails that could not be sent: <c>mail.failed</c>, which is no alert of the audit; null when there was none.</summary>
    public AlertTally? Mails { get; init; }

    /// <summary>How many alerts and mails are counted at most, the newest.</summary>
    public const int Most = 500;
}

/// <summary>Alerts of one kind. Those of one user and one day are one alert.</summary>
/// <param name="Action">What happened: the action of the audit entries, such as <c>key-in-use.refused</c>.</param>
/// <param name="Week">How many in the last 7 days.</param>
/// <param name="Month">How many in the last 30 days.</param>
/// <param name="LastAt">When the last one began.</param>
public sealed record AlertTally(string Action, int Week, int Month, DateTimeOffset LastAt);

/// <summary>How a push service answers, as one instance of the app saw it since it was started.</summary>
/// <param name="Provider"><c>apns</c>, <c>apns-sandbox</c> or <c>fcm</c>.</param>
/// <param name="LastAnswerAt">When something was last learned from it; null when this instance sent nothing yet.</param>
/// <param name="LastOutcome">What that was: accepted, handle-dead, throttled, unavailable, misconfigured or rejected; null before.</param>
/// <param name="LastReason">The provider's reason, in plain words; null when there was none.</param>
/// <param name="LastAcceptedAt">When it last accepted a push; null when it did not yet.</param>
/// <param name="HeldUntil">Until when no push is sent to it, because it refuses us or hangs; null while pushes are sent.</param>
public sealed record PushProviderHealth(
    string Provider,
    DateTimeOffset? LastAnswerAt,
    string? LastOutcome,
    string? LastReason,
    DateTimeOffset? LastAcceptedAt,
    DateTimeOffset? HeldUntil);
