using BlokSec.Contracts;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Local.Phones;

/// <summary>Everything a phone remembers, as it is kept in its file. Replaced as a whole, so that a reader sees one moment.</summary>
internal sealed record PhoneState
{
    /// <summary>The phone's id in the phone book.</summary>
    public required string Id { get; init; }

    /// <summary>What it is.</summary>
    public required PhoneFacts Facts { get; init; }

    /// <summary>Where pushes reach the app install; the last one's when the app was deleted.</summary>
    public required PushAddress PushAddress { get; init; }

    /// <summary>Whether the BlokSec app is on the phone.</summary>
    public bool Installed { get; init; } = true;

    /// <summary>Whether the phone has no connection.</summary>
    public bool Offline { get; init; }

    /// <summary>Whether pushes get lost on their way to the app.</summary>
    public bool LosesPushes { get; init; }

    /// <summary>Whether the user allows notifications.</summary>
    public bool AllowsNotifications { get; init; } = true;

    /// <summary>Whether the app calls the server when it runs.</summary>
    public bool ChecksIn { get; init; } = true;

    /// <summary>What the app tells the user right now, beside its screen.</summary>
    public string? Message { get; init; }

    /// <summary>Who it is registered to; null on the welcome screen.</summary>
    public PhoneRegistration? Registration { get; init; }

    /// <summary>In whose hands the phone is, registered or not; null when nobody said so and nobody was ever registered.</summary>
    public PhoneHolder? Holder { get; init; }

    /// <summary>When the server last said that it knows this registration.</summary>
    public DateTimeOffset? LastSyncAt { get; init; }

    /// <summary>When the user last had the app before the eyes: earlier notifications are gone from the screen.</summary>
    public DateTimeOffset? LookedAt { get; init; }

    /// <summary>The sign-in requests on the screen, the newest first.</summary>
    public IReadOnlyList<WaitingRequest> SignIns { get; init => field = value ?? []; } = [];

    /// <summary>The user's accounts as the app knows them; null while it knows none.</summary>
    public KnownAccounts? Accounts { get; init; }

    /// <summary>An enrollment whose answer got lost.</summary>
    public PendingEnrollment? Pending { get; init; }

    /// <summary>Registrations that were erased here, but whose erasure is not confirmed to the server yet.</summary>
    public IReadOnlyList<DyingDevice> Dying { get; init; } = [];

    /// <summary>Revocation statements about this registration that wait for the key that signed them, oldest first.</summary>
    public IReadOnlyList<KeptStatement> Statements { get; init; } = [];

    /// <summary>The backup that the user made last.</summary>
    public Backup? Backup { get; init; }

    /// <summary>The server's keys, by <c>kid</c>.</summary>
    public IReadOnlyDictionary<string, PublicJwk> StatementKeys { get; init; } = new Dictionary<string, PublicJwk>();

    /// <summary>How far the phone's own clock is ahead of the true time.</summary>
    public TimeSpan ClockError { get; init; }

    /// <summary>How far the server's clock is ahead of the phone's, as the app knows it.</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Notifications shown, oldest first.</summary>
    public IReadOnlyList<ShownNotification> Notifications { get; init; } = [];

    /// <summary>What happened, oldest first.</summary>
    public IReadOnlyList<PhoneEvent> History { get; init; } = [];
}

/// <summary>An enrollment whose answer got lost: asked again with the same keys, the server gives the same answer.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="ClaimCode">The claim's code; null for a restore.</param>
/// <param name="DeviceKey">The device key.</param>
/// <param name="DidKey">The key of the DID.</param>
internal sealed record PendingEnrollment(string TenantId, string UserId, string? ClaimCode, PhoneKey DeviceKey, PhoneKey DidKey);

/// <summary>A registration that the phone has forgotten but for its key, which still has to confirm the erasure.</summary>
/// <param name="Signer">The dying key, and whose device it was.</param>
/// <param name="Until">When it is forgotten, confirmed or not.</param>
/// <param name="TraceParent">The trace that the push came with, sent back with the confirmation.</param>
internal sealed record DyingDevice(Signer Signer, DateTimeOffset Until, string? TraceParent = null);

/// <summary>A revocation statement that cannot be judged yet.</summary>
/// <param name="Text">The compact JWS.</param>
/// <param name="Until">When it is forgotten.</param>
/// <param name="Shows">Whether the app has to show the notification, as the system did not.</param>
/// <param name="TraceParent">The trace that it came with.</param>
internal sealed record KeptStatement(string Text, DateTimeOffset Until, bool Shows = false, string? TraceParent = null);

/// <summary>A notification that the user saw.</summary>
/// <param name="At">When.</param>
/// <param name="Title">In bold.</param>
/// <param name="Body">The text.</param>
/// <param name="ShownBy"><c>system</c> or <c>app</c>.</param>
/// <param name="CollapseId">What it is collapsed by; null for nothing.</param>
internal sealed record ShownNotification(DateTimeOffset At, string Title, string Body, string ShownBy, string? CollapseId = null);

/// <summary>Who holds a phone in their hands.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
internal sealed record PhoneHolder(string TenantId, string UserId);

/// <summary>An entry of a phone's history.</summary>
/// <param name="At">When.</param>
/// <param name="What">What happened, in plain words.</param>
/// <param name="Kind">Which kind of thing.</param>
internal sealed record PhoneEvent(DateTimeOffset At, string What, PhoneEventKind Kind = PhoneEventKind.Other);

/// <summary>The milestones of a removal, and the rest.</summary>
internal enum PhoneEventKind
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>Somebody was enrolled.</summary>
    Enrolled,

    /// <summary>A push reached the app.</summary>
    PushReceived,

    /// <summary>A push did not reach the app.</summary>
    PushLost,

    /// <summary>A notification was shown.</summary>
    NotificationShown,

    /// <summary>A revocation statement proved genuine and about this very registration.</summary>
    StatementVerified,

    /// <summary>Something that could not prove a removal changed nothing.</summary>
    Kept,

    /// <summary>Keys and registration were erased.</summary>
    Erased,

    /// <summary>The server took note of the erasure.</summary>
    ErasureConfirmed,
}
