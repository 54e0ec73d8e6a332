using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Signals;
using BlokSec.Functions.SignIns;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Users;

/// <summary>
/// Suspension, reactivation, leaving. The user's document and those of all phones change in one transaction, and sign-ins that wait are ended: from
/// then on nothing the phones sign is accepted, and nothing of them is reset.
/// </summary>
internal sealed partial class UserDirectory
{
    /// <summary>Documents that one transaction is decided on: the user, all devices and the sign-ins that wait.</summary>
    private const int MostRead = 200;

    /// <summary>Sign-ins that one transaction ends; a user has fewer waiting, see <c>SignIns:MaxPending</c>.</summary>
    private const int MostEnded = 50;

    /// <summary>Refuses sign-ins and enrollments until <see cref="ReactivateAsync"/>. A user who is suspended stays so, for the first reason.</summary>
    /// <param name="key">Who.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="bulkOperationId">The bulk operation that it is a part of; null for a decision about this user alone.</param>
    /// <param name="allows">Whether a user who is not suspended may be; null for everybody.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<UserAnswer> SuspendAsync(
        UserKey key, string reason, AuditActor actor, string? bulkOperationId, Func<UserDocument, bool>? allows, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return BarAsync(
            key,
            user => user.Suspension is not null || allows?.Invoke(user) == false
                ? null
                : user with { Suspension = new Suspension(now, actor.Kind, actor.Name, reason) { BulkOperationId = bulkOperationId } },
            AuditActions.UserSuspended,
            reason,
            actor,
            cancellationToken);
    }

    /// <summary>Lets a suspended user sign in and enroll again. A directory lifts what a directory did, not what an administrator did.</summary>
    public Task<UserAnswer> ReactivateAsync(UserKey key, string? reason, AuditActor actor, CancellationToken cancellationToken) => BarAsync(
        key, user => user.Suspension is null ? null : user with { Suspension = null }, AuditActions.UserReactivated, reason, actor, cancellationToken);

    /// <summary>The user is gone from the directory: what names them is free again, sign-ins and enrollments are refused for good.</summary>
    /// <param name="key">Who.</param>
    /// <param name="check">Throws when this is not the user that the caller saw; null for any.</param>
    /// <param name="reason">Why.</param>
    /// <param name="actor">Who does it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<UserAnswer> LeaveAsync(UserKey key, Action<UserDocument>? check, string? reason, AuditActor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return BarAsync(key, Gone, AuditActions.UserLeft, reason, actor, cancellationToken);

        UserDocument Gone(UserDocument user)
        {
            check?.Invoke(user);
            return user with { LeftAt = now };
        }
    }

    private async Task<UserAnswer> BarAsync(
        UserKey key, Func<UserDocument, UserDocument?> change, string action, string? reason, AuditActor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(
            key, stop => ReadWithPhonesAsync(key, stop), Decide, cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
        }

        return result.Value ?? new UserAnswer(UserFault.Contended);

        UserAnswer Decide(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (snapshot.User is not { LeftAt: null } user)
            {
                return new UserAnswer(UserFault.NotFound);
            }

            if (user.Suspension is { Kind: AuditActorKinds.Administrator } && action == AuditActions.UserReactivated
                && actor.Kind != AuditActorKinds.Administrator)
            {
                return new UserAnswer(UserFault.SuspendedByAdministrator, user);
            }

            if (change(user) is not { } changed)
            {
                return new UserAnswer(UserFault.None, user);
            }

            attempt.Batch.Patch(user, PatchOperation.Set("/suspension", changed.Suspension), PatchOperation.Set("/leftAt", changed.LeftAt));
            Bar(attempt.Batch, snapshot, changed, now);
            attempt.Batch.Create(key.Entry(now, actor, action, key.UserId) with { Reason = reason, After = PartOf(action, changed) });
            signal = signals.Add(attempt.Batch, SignalOf(action, user, actor, now));
            return new UserAnswer(UserFault.None, changed);
        }
    }

    /// <summary>The auditor reads of which bulk operation a suspension is a part.</summary>
    private static Dictionary<string, string?>? PartOf(string action, UserDocument changed) =>
        action == AuditActions.UserSuspended && changed.Suspension?.BulkOperationId is { } bulkOperationId
            ? new() { ["bulkOperationId"] = bulkOperationId }
            : null;

    /// <summary>What applications must learn of it.</summary>
    private static SignalDocument SignalOf(string action, UserDocument user, AuditActor actor, DateTimeOffset now) => action switch
    {
        AuditActions.UserSuspended => UserSignals.AccountDisabled(user, actor, now),
        AuditActions.UserReactivated => UserSignals.AccountEnabled(user, actor, now),
        _ => UserSignals.AccountPurged(user, actor, now),
    };

    /// <summary>The user, all phones, and the sign-ins that wait.</summary>
    private Task<PartitionSnapshot> ReadWithPhonesAsync(UserKey key, CancellationToken cancellationToken) => identities.QueryFirstAsync(
        key,
        $"c.id = @user OR (c.type = 'device' AND {DeviceDocument.NotRevoked}) OR (c.type = 'authenticationRequest' AND c.status = 'pending')",
        [("@user", UserDocument.DocumentId)],
        MostRead,
        cancellationToken);

    /// <summary>What follows for phones and sign-ins from whether the user is suspended or left.</summary>
    private static void Bar(PartitionBatch batch, PartitionSnapshot snapshot, UserDocument changed, DateTimeOffset now)
    {
        foreach (var device in snapshot.Devices)
        {
            batch.Patch(device.Id, DeviceDocument.IsActive, PatchOperation.Set("/suspendedAt", changed.LeftAt ?? changed.Suspension?.At));
        }

        foreach (var request in snapshot.AuthenticationRequests.Where(request => changed.IsBarred && request.WaitsAt(now)).Take(MostEnded))
        {
            WaitingSignIns.End(batch, request.Id, now);
        }
    }
}
