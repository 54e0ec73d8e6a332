using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Signals;

/// <summary>
/// Makes the signals of changes. Whoever changes something that applications must learn creates one in the same batch, and hands it to
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
    /// <param name="operationId">The operation that it belongs to; null for none.</param>
    /// <param name="at">When.</param>
    public static SignalDocument DeviceAdded(UserDocument user, DeviceDocument device, string? operationId, DateTimeOffset at) => Create(
        user,
        operationId ?? NewId(at),
        AuditActor.Phone(device.DeviceId),
        at,
        [new(SignalKind.CredentialCreated, "A phone was registered.") { DeviceName = device.Name }]);

    /// <summary>
    /// Phones were removed: for each <c>credential-change</c> with <c>revoke</c>, preceded by <c>credential-compromise</c> if it may be in other
    /// hands; then one <c>session-revoked</c>. At most 61 events.
    /// </summary>
    /// <param name="user">Whose, as it was before.</param>
    /// <param name="devices">The phones.</param>
    /// <param name="operationId">The operation that removes them.</param>
    /// <param name="by">Who removes them.</param>
    /// <param name="lostSince">Since when they may be in other hands; null when they are not.</param>
    /// <param name="at">When.</param>
    public static SignalDocument DevicesRemoved(
        UserDocument user, IReadOnlyList<DeviceDocument> devices, string operationId, AuditActor by, DateTimeOffset? lostSince, DateTimeOffset at)
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
            [.. lost, .. removed, new(SignalKind.SessionRevoked, lostSince is null ? $"Access was withdrawn by {who}." : "A phone was lost or stolen.")]);
    }

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
