using System.Diagnostics;
using System.Net;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Mail;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Makes the signals of changes. Whoever changes something that applications or the user must learn creates one in the same batch, and hands it to
/// <see cref="SignalDispatch"/> once the batch is committed.
/// </summary>
internal static class UserSignals
{
    /// <summary>The user was suspended: <c>account-disabled</c>, and the sessions end.</summary>
    public static SignalDocument AccountDisabled(UserDocument user, AuditActor by, DateTimeOffset at) => Create(
        user, NewId(at), by, at, [new(SignalKind.AccountDisabled, "The user was suspended."), new(SignalKind.SessionRevoked, "The user was suspended.")]);

    /// <summary>The user was reactivated: <c>account-enabled</c>.</summary>
    public static SignalDocument AccountEnabled(UserDocument user, AuditActor by, DateTimeOffset at) =>
        Create(user, NewId(at), by, at, [new(SignalKind.AccountEnabled, "The user was reactivated.")]);

    /// <summary>The user is gone for good: <c>account-purged</c>, and the sessions end.</summary>
    public static SignalDocument AccountPurged(UserDocument user, AuditActor by, DateTimeOffset at) => Create(
        user, NewId(at), by, at, [new(SignalKind.SessionRevoked, "The user left the organization."), new(SignalKind.AccountPurged, "The user left the organization.")]);

    /// <summary>A phone was added: <c>credential-change</c> with <c>create</c>.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="device">The phone.</param>
    /// <param name="operationId">The operation of the redemption; null for a restore.</param>
    /// <param name="address">Where the phone called from.</param>
    /// <param name="at">When.</param>
    public static SignalDocument DeviceAdded(UserDocument user, DeviceDocument device, string? operationId, IPAddress? address, DateTimeOffset at) => Create(
        user,
        operationId ?? NewId(at),
        AuditActor.Phone(device.DeviceId),
        at,
        [new(SignalKind.CredentialCreated, "A phone was registered.") { DeviceName = device.Name }]) with
    {
        Notice = MailNotice.Of(user, operationId is null ? MailOccasion.PhoneRestored : MailOccasion.PhoneAdded, AuditActorKinds.Phone) is { } notice
                ? notice with { Phones = [MailedPhone.Of(device)], Address = address?.ToString() }
                : null,
    };

    /// <summary>
    /// Phones were removed: for each <c>credential-change</c> with <c>revoke</c>, preceded by <c>credential-compromise</c> if it may be in other
    /// hands; then one <c>session-revoked</c>. At most 61 events.
    /// </summary>
    /// <param name="user">Whose, as it was before.</param>
    /// <param name="devices">The phones.</param>
    /// <param name="areAll">Whether the user's identity is reset with them.</param>
    /// <param name="operationId">The operation that removes them.</param>
    /// <param name="by">Who removes them.</param>
    /// <param name="lostSince">Since when they may be in other hands; null when they are not.</param>
    /// <param name="at">When.</param>
    public static SignalDocument DevicesRemoved(
        UserDocument user, IReadOnlyList<DeviceDocument> devices, bool areAll, string operationId, AuditActor by, DateTimeOffset? lostSince, DateTimeOffset at)
    {
        var who = by.Kind == AuditActorKinds.Phone ? "the user" : "an administrator";
        var lost = devices.Where(_ => lostSince is not null).Select(device =>
            new SignalEvent(SignalKind.CredentialCompromised, "The phone was lost or stolen.") { DeviceName = device.Name, Since = lostSince });
        var removed = devices.Select(device => new SignalEvent(SignalKind.CredentialRevoked, $"The phone was removed by {who}.") { DeviceName = device.Name });
        return Create(
            user,
            operationId,
            by,
            at,
            [.. lost, .. removed, new(SignalKind.SessionRevoked, lostSince is null ? $"Access was withdrawn by {who}." : "A phone was lost or stolen.")]) with
        {
            Notice = MailNotice.Of(user, areAll ? MailOccasion.AllUnregistered : MailOccasion.PhoneRemoved, by.Kind) is { } notice
                    ? notice with { Phones = [.. devices.Select(MailedPhone.Of)], IsLost = lostSince is not null }
                    : null,
        };
    }

    /// <summary>Phones are blocked, and their removal can still be taken back: the sessions end, which is not taken back.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="devices">The phones.</param>
    /// <param name="by">Who removes them.</param>
    /// <param name="at">When.</param>
    public static SignalDocument DevicesHeld(UserDocument user, IReadOnlyList<DeviceDocument> devices, AuditActor by, DateTimeOffset at)
    {
        var removed = DevicesRemoved(user, devices, areAll: false, NewId(at), by, lostSince: null, at);
        return removed with { Events = [.. removed.Events.Where(told => told.Kind == SignalKind.SessionRevoked)] };
    }

    /// <summary>The removal of phones that was on hold is carried out: what <see cref="DevicesHeld"/> did not tell.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="removed">The phones.</param>
    /// <param name="operation">The operation that removes them.</param>
    public static SignalDocument HeldDevicesRemoved(UserDocument user, IReadOnlyList<RevocationDocument> removed, OperationDocument operation)
    {
        var lost = removed.Where(_ => operation.LostSince is not null).Select(revocation =>
            new SignalEvent(SignalKind.CredentialCompromised, "The phone was lost or stolen.") { DeviceName = revocation.Name, Since = operation.LostSince });
        var by = new AuditActor(operation.RequestedByKind ?? AuditActorKinds.Administrator, operation.RequestedById ?? "", operation.RequestedBy);
        return Create(
            user,
            operation.OperationId,
            by,
            operation.UpdatedAt,
            [
                .. lost,
                .. removed.Select(revocation => new SignalEvent(SignalKind.CredentialRevoked, "The phone was removed by an administrator.") { DeviceName = revocation.Name }),
            ]);
    }

    /// <summary>Accounts were removed, and the user stays: the sessions in their applications end, and no others.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="applicationIds">The applications that had the accounts.</param>
    /// <param name="operationId">The operation that removes them; null where none is needed.</param>
    /// <param name="by">Who removes them.</param>
    /// <param name="at">When.</param>
    public static SignalDocument AccountsRemoved(
        UserDocument user, IReadOnlyList<string> applicationIds, string? operationId, AuditActor by, DateTimeOffset at) =>
        Create(user, operationId ?? NewId(at), by, at, [new(SignalKind.SessionRevoked, "The user's account in the application was removed.")]) with
        {
            ApplicationIds = applicationIds,
        };

    /// <summary>
    /// A claim was made, which the user must know. Applications learn of it when the user was registered before: <c>recovery-activated</c>.
    /// </summary>
    /// <param name="user">For whom.</param>
    /// <param name="claim">The claim.</param>
    /// <param name="isFirst">Whether the user came with it.</param>
    /// <param name="by">Who made it.</param>
    public static SignalDocument ClaimMade(UserDocument user, ClaimDocument claim, bool isFirst, AuditActor by) =>
        Create(
            user,
            NewId(claim.CreatedAt),
            by,
            claim.CreatedAt,
            user is { Epoch: > UserDocument.FirstEpoch, LeftAt: null } ? [new(SignalKind.RecoveryActivated, "The user can register phones again.")] : []) with
        {
            Notice = MailNotice.Of(user, isFirst ? MailOccasion.Invited : MailOccasion.ClaimMade, by.Kind) is { } notice
                ? notice with { ExpiresAt = claim.ExpiresAt }
                : null,
        };

    /// <summary>
    /// The user's address was changed: <c>identifier-changed</c>. The address of before is told by mail, too: whoever changes it must not hide what follows.
    /// </summary>
    /// <param name="user">The user as it was before.</param>
    /// <param name="email">The new address; empty for none.</param>
    /// <param name="by">Who changed it.</param>
    /// <param name="at">When.</param>
    public static SignalDocument AddressChanged(UserDocument user, string email, AuditActor by, DateTimeOffset at) => Create(
        user,
        NewId(at),
        by,
        at,
        string.IsNullOrEmpty(user.Email)
            ? []
            : [new(SignalKind.IdentifierChanged, "The user's address was changed.") { NewEmail = string.IsNullOrEmpty(email) ? null : email }]) with
    {
        Notice = MailNotice.Of(user, MailOccasion.AddressChanged, by.Kind),
    };

    private static SignalDocument Create(UserDocument user, string signalId, AuditActor by, DateTimeOffset at, IReadOnlyList<SignalEvent> events) => new()
    {
        Id = SignalDocument.IdOf(signalId),
        TenantId = user.TenantId,
        UserId = user.UserId,
        SignalId = signalId,
        At = at,
        Email = string.IsNullOrEmpty(user.Email) ? null : user.Email,
        InitiatingEntity = by.Kind switch
        {
            AuditActorKinds.Administrator => "admin",
            AuditActorKinds.Phone => "user",
            AuditActorKinds.System => "system",
            _ => "policy",
        },
        Events = events,
        NextAttemptAt = at,
        TraceParent = Activity.Current?.Id,
        Ttl = SignalDocument.RetentionSeconds,
    };

    private static string NewId(DateTimeOffset at) => Guid.CreateVersion7(at).ToString("N");
}
