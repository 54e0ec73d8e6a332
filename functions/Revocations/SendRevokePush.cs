using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Push;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Revocations;

/// <summary>Sends one device's revoke push, and records what the provider said. One device never waits for another.</summary>
internal sealed class SendRevokePush(IdentityStore identities, PushSenders sender, TimeProvider time) : IQueueFunction<RevokePushMessage>
{
    private static readonly AuditActor Actor = AuditActor.System(nameof(SendRevokePush));

    [Function(nameof(SendRevokePush))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.RevokePushes, Connection = QueueOptions.Section)] RevokePushMessage message, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(message, cancellationToken);
        if (read.Revocation is not { } revocation)
        {
            return new Outcome.Reject("There is no such revocation.");
        }

        if (revocation.NextAttemptAt is not { } due)
        {
            return Outcome.Done.Instance;
        }

        if (due > time.GetUtcNow())
        {
            return new Outcome.Later(due) { IsRecorded = true };
        }

        revocation.EnsureWritable();
        return await RecordAsync(message, read, await DecideAsync(revocation, read.Snapshot.Devices, cancellationToken), cancellationToken);
    }

    public async Task GiveUpAsync(RevokePushMessage message, string reason, CancellationToken cancellationToken)
    {
        try
        {
            var read = await ReadAsync(message, cancellationToken);
            if (read.Revocation is { } revocation && !GivingUp.IsImplausible(message, revocation.NudgedAt ?? revocation.BlockedAt, time.GetUtcNow()))
            {
                await RecordAsync(message, read, current => Settled(current, RevokePushState.GivenUp, reason), cancellationToken);
            }
        }
        catch (UnreadableDocumentException)
        {
            await identities.RaiseUnreadableAsync(message, Actor, reason, time.GetUtcNow(), cancellationToken);
        }
    }

    /// <summary>The outcome of the revocation: decided once, so that a conflict writes it again without sending again.</summary>
    private async Task<Func<RevocationDocument, RevocationDocument>> DecideAsync(
        RevocationDocument revocation, IReadOnlyList<DeviceDocument> devices, CancellationToken cancellationToken)
    {
        if (revocation.ConfirmedAt is not null)
        {
            return current => RevocationRecords.NotNeeded(current, time.GetUtcNow());
        }

        if (HandleOf(revocation, devices) is not { } handle)
        {
            return current => Settled(current, RevokePushState.Unreachable, "The phone cannot be reached by push.");
        }

        if (devices.Any(device => device.State == DeviceState.Active && handle.SameAs(device.PushHandle)))
        {
            return current => Settled(
                current, RevokePushState.Cancelled, "The phone is registered again by now; a revoke push would reach the new registration.");
        }

        if (time.GetUtcNow() > revocation.RetryUntil)
        {
            return current => Settled(current, RevokePushState.GivenUp, $"Not delivered in 30 days; last: {current.PushReason}");
        }

        var result = await sender.SendAsync(PushOf(revocation, handle), cancellationToken);
        var answeredAt = time.GetUtcNow();
        return current => PushSettlement.After(current, result, answeredAt, time.GetUtcNow());
    }

    private RevocationDocument Settled(RevocationDocument revocation, RevokePushState state, string? reason) =>
        RevocationRecords.Settle(revocation, state, reason, time.GetUtcNow());

    private async Task<Outcome> RecordAsync(
        RevokePushMessage message,
        Found found,
        Func<RevocationDocument, RevocationDocument> decided,
        CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync<Found, RevocationDocument?>(
            new UserKey(message.TenantId, message.UserId),
            stop => ReadAsync(message, stop),
            (read, attempt) => Record(read, found.Revocation!.PushId, decided, attempt.Batch),
            known: found,
            cancellationToken);
        if (result.ValueOrTimeout("revocation") is not { } after)
        {
            return Outcome.Done.Instance;
        }

        // A nudge is no milestone of the removal.
        if (after is { Push: RevokePushState.Accepted, NudgedAt: null })
        {
            Measures.Revocation("push-accepted", time.GetUtcNow() - after.ToldFrom);
        }

        return after.NextAttemptAt is { } next ? new Outcome.Later(next) { IsRecorded = true } : Outcome.Done.Instance;
    }

    /// <summary>
    /// The revocation as it is written; null when its push was settled before, also when a nudge asked for another push since: what became
    /// of one is not said of the other.
    /// </summary>
    private RevocationDocument? Record(Found read, string pushId, Func<RevocationDocument, RevocationDocument> decided, PartitionBatch batch)
    {
        if (read.Revocation is not { NextAttemptAt: not null } before || before.PushId != pushId)
        {
            return null;
        }

        var after = KeepHandle(batch, read, decided(before));
        batch.Replace(after);
        if (after.Push != before.Push)
        {
            batch.Create(Entry(before, after));
        }

        return after;
    }

    /// <summary>A push that was sent does not mean that the phone knows: the handle is kept for a nudge, in a document that ends by itself.</summary>
    private RevocationDocument KeepHandle(PartitionBatch batch, Found read, RevocationDocument after)
    {
        var seconds = (int)(after.RetryUntil - time.GetUtcNow()).TotalSeconds;
        if (after is not { NextAttemptAt: null, ConfirmedAt: null, Push: RevokePushState.Accepted or RevokePushState.GivenUp }
            || seconds <= 0
            || HandleOf(read.Revocation!, read.Snapshot.Devices) is not { } handle)
        {
            return after;
        }

        var kept = new RevokedHandleDocument
        {
            Id = RevokedHandleDocument.IdOf(after.DeviceId),
            TenantId = after.TenantId,
            UserId = after.UserId,
            DeviceId = after.DeviceId,
            PushHandle = handle,
            Ttl = seconds,
        };
        batch.Upsert(kept, read.Snapshot);
        return after with { HandleKeptUntil = after.RetryUntil };
    }

    /// <summary>The phone may have registered another handle after the fence had read its document; from the fence on it cannot.</summary>
    private static PushHandle? HandleOf(RevocationDocument revocation, IReadOnlyList<DeviceDocument> devices) =>
        devices.FirstOrDefault(device => device.DeviceId == revocation.DeviceId)?.PushHandle ?? revocation.PushHandle;

    /// <summary>The revocation, with the user's active devices and the removed one while its document is there.</summary>
    private async Task<Found> ReadAsync(RevokePushMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(
            new UserKey(message.TenantId, message.UserId),
            "c.id IN (@revocation, @device) OR (c.type = 'device' AND c.state = 'active')",
            [("@revocation", RevocationDocument.IdOf(message.DeviceId)), ("@device", DeviceDocument.IdOf(message.DeviceId))],
            cancellationToken);
        snapshot.EnsureRead(RevocationDocument.IdOf(message.DeviceId));
        var revocation = snapshot.Revocation(message.DeviceId);
        return new Found(revocation?.OperationId == message.OperationId ? revocation : null, snapshot);
    }

    private AuditDocument Entry(RevocationDocument before, RevocationDocument after) =>
        before.Key.Entry(time.GetUtcNow(), Actor, AuditActions.PushChanged, before.DeviceId) with
        {
            OperationId = before.OperationId,
            Reason = after.PushReason,
            Before = new Dictionary<string, string?> { ["push"] = before.Push.ToString() },
            After = new Dictionary<string, string?> { ["push"] = after.Push.ToString() },
        };

    private static RevokePush PushOf(RevocationDocument revocation, PushHandle handle) => new(
        handle,
        revocation.Platform,
        revocation.PushId,
        revocation.TenantId,
        revocation.UserId,
        revocation.DeviceId,
        revocation.Epoch,
        revocation.Statement,
        revocation.RetryUntil,
        revocation.TraceParent);

    private sealed record Found(RevocationDocument? Revocation, PartitionSnapshot Snapshot);
}
