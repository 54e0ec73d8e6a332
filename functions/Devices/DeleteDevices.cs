using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;

namespace BlokSec.Functions.Devices;

/// <summary>
/// Deletes the documents of the user's revoked devices, in portions; what became of them stays in their revocations. Sign-ins that
/// wait for these devices end before.
/// </summary>
internal sealed class DeleteDevices(IdentityStore identities, OperationProgress progress, WaitingSignIns signIns, TimeProvider time)
    : IQueueFunction<DeviceDeletionMessage>
{
    /// <summary>Devices that one batch deletes; the rest is for the operation, the user, the claim and audit entries.</summary>
    public const int Portion = 90;

    /// <summary>Devices that are read at once.</summary>
    private const int AtOnce = 10 * Portion;

    public Task<Outcome> HandleAsync(DeviceDeletionMessage message, CancellationToken cancellationToken) => progress.CompleteAsync(
        message,
        new StepEnd(OperationStepName.DeleteDevices)
        {
            // All that are revoked, not only this operation's: at the end none may be left, whichever operation comes first.
            AlsoRead = "c.type = 'device' AND c.state = 'revoked'",
            AlsoReadAtOnce = AtOnce,
            First = operation => operation.HasMoreSignIns ? signIns.EndAsync(operation, cancellationToken) : Task.CompletedTask,
            Ahead = snapshot => DeleteAheadAsync(snapshot, message.OperationId, cancellationToken),
            Write = (batch, snapshot) => Delete(batch, snapshot.User!.Key, snapshot.Devices, message.OperationId),
        },
        cancellationToken);

    public Task GiveUpAsync(DeviceDeletionMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, OperationStepName.DeleteDevices, reason, cancellationToken);

    /// <summary>Deletes all but the last portion, and that one too when more devices follow.</summary>
    private async Task<BatchResult> DeleteAheadAsync(PartitionSnapshot snapshot, string operationId, CancellationToken cancellationToken)
    {
        await FinalHandles.KeepAsync(identities, snapshot.Devices, cancellationToken);
        while (snapshot.Devices.Count > Portion || (snapshot.More && snapshot.Devices.Count > 0))
        {
            var portion = snapshot.Devices.Take(Portion).ToArray();
            var batch = identities.Begin(snapshot.User!.Key);
            Delete(batch, snapshot.User.Key, portion, operationId);
            if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
            {
                return BatchResult.Conflict;
            }

            snapshot.Devices.RemoveRange(0, portion.Length);
        }

        return BatchResult.Committed;
    }

    private void Delete(PartitionBatch batch, UserKey key, IReadOnlyCollection<DeviceDocument> devices, string operationId)
    {
        foreach (var device in devices)
        {
            batch.Delete(device.Id);
        }

        if (devices.Count > 0)
        {
            var entry = key.Entry(
                time.GetUtcNow(),
                AuditActor.System(nameof(DeleteDevices)),
                AuditActions.DevicesDeleted,
                [.. devices.Select(device => device.DeviceId)]);
            batch.Create(entry with { OperationId = operationId });
        }
    }
}
