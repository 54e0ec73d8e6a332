using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.SignIns;

namespace BlokSec.Functions.Devices;

/// <summary>
/// Deletes the documents of the user's revoked devices, in portions; what became of them stays in their revocations. Sign-ins that
/// wait for these devices end before, and those that a lost one accepted are marked for review.
/// </summary>
internal sealed class DeleteDevices(IdentityStore identities, OperationProgress progress, WaitingSignIns signIns, LostSignIns lost, TimeProvider time)
    : IQueueFunction<DeviceDeletionMessage>
{
    /// <summary>Devices that one batch deletes; the rest is for the operation, the user, the claim and audit entries.</summary>
    public const int Portion = 90;

    /// <summary>Devices that are read at once.</summary>
    private const int AtOnce = 10 * Portion;

    /// <summary>How often one message reads them.</summary>
    private const int MaxReads = 3;

    [Function(nameof(DeleteDevices))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.DeviceDeletions, Connection = QueueOptions.Section)] DeviceDeletionMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await ReadAsync(message, cancellationToken);
        if (OperationProgress.Settled(message, OperationStepName.DeleteDevices, snapshot) is { } settled)
        {
            return settled;
        }

        if (!await FinishSignInsAsync(snapshot.Operation(message.OperationId), cancellationToken))
        {
            return GoesOn();
        }

        if (await RemainingAsync(message, snapshot, cancellationToken) is not { } last)
        {
            return GoesOn();
        }

        return await progress.CompleteAsync(
            message,
            OperationStepName.DeleteDevices,
            last,
            async stop => await RemainingAsync(message, await ReadAsync(message, stop), stop)
                ?? throw new TimeoutException("More devices were removed at the same moment than one message deletes."),
            (batch, remaining) => Delete(batch, message, remaining.Devices),
            cancellationToken);
    }

    /// <returns>False when more are left than one message ends or marks.</returns>
    private async Task<bool> FinishSignInsAsync(OperationDocument? operation, CancellationToken cancellationToken) =>
        operation is null
        || ((!operation.HasMoreSignIns || await signIns.EndAsync(operation, cancellationToken))
            && (operation.LostSince is not { } since || await lost.MarkAsync(operation, since, cancellationToken)));

    public Task GiveUpAsync(DeviceDeletionMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, OperationStepName.DeleteDevices, reason, cancellationToken);

    /// <summary>
    /// The operation and all devices that are revoked, not only this operation's: at the end none may be left, whichever operation comes first.
    /// A removal on hold keeps its device, unless the user is unregistered: then it cannot be taken back any more.
    /// </summary>
    private async Task<PartitionSnapshot> ReadAsync(DeviceDeletionMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await progress.ReadAsync(message, "c.type = 'device' AND c.state = 'revoked'", AtOnce, cancellationToken);
        if (snapshot.Operation(message.OperationId) is { Kind: OperationKind.RemoveDevice })
        {
            snapshot.Devices.RemoveAll(device => device.HeldBy is not null && device.HeldBy != message.OperationId);
        }

        return snapshot;
    }

    /// <summary>Much is left: the same message continues at once, so that none outlives its lock.</summary>
    private Outcome.Later GoesOn() => new(time.GetUtcNow());

    /// <summary>Deletes all devices but the last portion, which is deleted in the transaction that ends the step. Reads again while there are more.</summary>
    /// <returns>The last portion; null when more are left than one message deletes.</returns>
    private async Task<PartitionSnapshot?> RemainingAsync(
        DeviceDeletionMessage message, PartitionSnapshot snapshot, CancellationToken cancellationToken)
    {
        for (var reads = 1; OperationProgress.Settled(message, OperationStepName.DeleteDevices, snapshot) is null
            && (!await DeleteAheadAsync(message, snapshot, cancellationToken) || snapshot.More); reads++)
        {
            if (reads == MaxReads)
            {
                return null;
            }

            snapshot = await ReadAsync(message, cancellationToken);
        }

        return snapshot;
    }

    /// <summary>Deletes all but the last portion, and that one too when more devices follow.</summary>
    /// <returns>False after a conflict: another message deleted one of them, so each conflict means that fewer are left.</returns>
    private async Task<bool> DeleteAheadAsync(DeviceDeletionMessage message, PartitionSnapshot snapshot, CancellationToken cancellationToken)
    {
        await FinalHandles.KeepAsync(identities, snapshot.Devices, cancellationToken);
        while (snapshot.Devices.Count > Portion || (snapshot.More && snapshot.Devices.Count > 0))
        {
            var portion = snapshot.Devices.Take(Portion).ToArray();
            var batch = identities.Begin(KeyOf(message));
            Delete(batch, message, portion);
            if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
            {
                return false;
            }

            snapshot.Devices.RemoveRange(0, portion.Length);
        }

        return true;
    }

    private void Delete(PartitionBatch batch, DeviceDeletionMessage message, IReadOnlyCollection<DeviceDocument> devices)
    {
        foreach (var device in devices)
        {
            batch.Delete(device.Id);
        }

        if (devices.Count > 0)
        {
            var entry = KeyOf(message).Entry(
                time.GetUtcNow(),
                AuditActor.System(nameof(DeleteDevices)),
                AuditActions.DevicesDeleted,
                [.. devices.Select(device => device.DeviceId)]);
            batch.Create(entry with { OperationId = message.OperationId });
        }
    }

    private static UserKey KeyOf(DeviceDeletionMessage message) => new(message.TenantId, message.UserId);
}
