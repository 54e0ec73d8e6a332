using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;

namespace BlokSec.Functions.Devices;

/// <summary>Deletes the documents of the user's revoked devices; what became of them stays in their revocations.</summary>
internal sealed class DeleteDevices(IdentityStore identities, OperationProgress progress, TimeProvider time) : IQueueFunction<DeviceDeletionMessage>
{
    public Task<Outcome> HandleAsync(DeviceDeletionMessage message, CancellationToken cancellationToken) => progress.CompleteAsync(
        message,
        new StepEnd(OperationStepName.DeleteDevices)
        {
            AlsoRead = "c.type = 'device' AND c.state = 'revoked'",
            Write = (batch, snapshot) => DeleteAsync(batch, snapshot, message.OperationId, cancellationToken),
        },
        cancellationToken);

    public Task GiveUpAsync(DeviceDeletionMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, OperationStepName.DeleteDevices, reason, cancellationToken);

    private async Task DeleteAsync(
        PartitionBatch batch, PartitionSnapshot snapshot, string operationId, CancellationToken cancellationToken)
    {
        await FinalHandles.KeepAsync(identities, snapshot.Devices, cancellationToken);

        // All that are revoked, not only this operation's: at the end none may be left, whichever operation comes first.
        foreach (var device in snapshot.Devices)
        {
            batch.Delete(device.Id);
        }

        if (snapshot.Devices.Count > 0)
        {
            batch.Create(snapshot.User!.Key.Entry(
                time.GetUtcNow(),
                AuditActor.System(nameof(DeleteDevices)),
                AuditActions.DevicesDeleted,
                [.. snapshot.Devices.Select(device => device.DeviceId)]) with
            { OperationId = operationId });
        }
    }
}
