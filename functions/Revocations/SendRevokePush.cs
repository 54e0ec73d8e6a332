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
        var (revocation, devices) = await ReadAsync(message, cancellationToken);
        if (revocation is null)
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
        return await RecordAsync(message, revocation, await DecideAsync(revocation, devices, cancellationToken), cancellationToken);
    }

    public async Task GiveUpAsync(RevokePushMessage message, string reason, CancellationToken cancellationToken)
    {
        try
        {
            var (revocation, _) = await ReadAsync(message, cancellationToken);
            if (revocation is not null && !GivingUp.IsImplausible(message, revocation.BlockedAt, time.GetUtcNow()))
            {
                await RecordAsync(message, revocation, current => Settled(current, RevokePushState.GivenUp, reason), cancellationToken);
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

        // The phone may have registered another handle after the fence had read its document; from the fence on it cannot.
        if ((devices.FirstOrDefault(device => device.DeviceId == revocation.DeviceId)?.PushHandle ?? revocation.PushHandle) is not { } handle)
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
        RevocationDocument? read,
        Func<RevocationDocument, RevocationDocument> decided,
        CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync<RevocationDocument?, RevocationDocument?>(
            new UserKey(message.TenantId, message.UserId),
            async stop => (await ReadAsync(message, stop)).Revocation,
            (before, attempt) => Record(before, decided, attempt.Batch),
            known: read,
            cancellationToken);
        if (result.ValueOrTimeout("revocation") is not { } after)
        {
            return Outcome.Done.Instance;
        }

        if (after.Push == RevokePushState.Accepted)
        {
            Measures.Revocation("push-accepted", time.GetUtcNow() - after.BlockedAt);
        }

        return after.NextAttemptAt is { } next ? new Outcome.Later(next) { IsRecorded = true } : Outcome.Done.Instance;
    }

    /// <summary>The revocation as it is written; null when its push was settled before.</summary>
    private RevocationDocument? Record(
        RevocationDocument? before, Func<RevocationDocument, RevocationDocument> decided, PartitionBatch batch)
    {
        if (before?.NextAttemptAt is null)
        {
            return null;
        }

        var after = decided(before);
        batch.Replace(after);
        if (after.Push != before.Push)
        {
            batch.Create(Entry(before, after));
        }

        return after;
    }

    /// <summary>The revocation, with the user's active devices and the removed one while its document is there.</summary>
    private async Task<(RevocationDocument? Revocation, IReadOnlyList<DeviceDocument> Devices)> ReadAsync(
        RevokePushMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await identities.QueryAsync(
            new UserKey(message.TenantId, message.UserId),
            "c.id IN (@revocation, @device) OR (c.type = 'device' AND c.state = 'active')",
            [("@revocation", RevocationDocument.IdOf(message.DeviceId)), ("@device", DeviceDocument.IdOf(message.DeviceId))],
            cancellationToken);
        snapshot.EnsureRead(RevocationDocument.IdOf(message.DeviceId));
        var revocation = snapshot.Revocation(message.DeviceId);
        return (revocation?.OperationId == message.OperationId ? revocation : null, snapshot.Devices);
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
}
