using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Signals;

namespace BlokSec.Functions.Revocations;

/// <summary>Queues the work of an operation: a push for each device, the deletion, the reset of the DID, and what applications must learn.</summary>
internal sealed class FanOutRevocation(
    QueueSender queues, OperationDispatch dispatch, SignalDispatch signals, OperationProgress progress, HeldRemovals held)
    : IQueueFunction<RevocationMessage>
{
    [Function(nameof(FanOutRevocation))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.Revocations, Connection = QueueOptions.Section)] RevocationMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await progress.ReadAsync(message, cancellationToken);
        if (OperationProgress.Settled(message, OperationStepName.QueuePushes, snapshot) is { } settled)
        {
            return settled;
        }

        if (snapshot.Operation(message.OperationId)!.IsHeld())
        {
            if (await held.EndAsync(message, cancellationToken) is { } waiting)
            {
                return waiting;
            }

            snapshot = await progress.ReadAsync(message, cancellationToken);
            if (OperationProgress.Settled(message, OperationStepName.QueuePushes, snapshot) is { } withdrawn)
            {
                return withdrawn;
            }
        }

        // Sent first and marked after: killed in between, all is sent once more, and the bus drops what it knows.
        await SendAsync(message, snapshot.Operation(message.OperationId)!, cancellationToken);
        return await progress.CompleteAsync(message, OperationStepName.QueuePushes, snapshot, cancellationToken);
    }

    public Task GiveUpAsync(RevocationMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, OperationStepName.QueuePushes, reason, cancellationToken);

    private Task SendAsync(RevocationMessage message, OperationDocument operation, CancellationToken cancellationToken) => Task.WhenAll(
        queues.SendAllAsync(Queues.RevokePushes, [.. operation.DeviceIds.Select(deviceId => Push(message, deviceId))], cancellationToken),
        dispatch.SendStepsAsync(operation, message.Resumed, cancellationToken),
        signals.SendAsync(message, cancellationToken));

    private static RevokePushMessage Push(RevocationMessage message, string deviceId) => new()
    {
        TenantId = message.TenantId,
        UserId = message.UserId,
        OperationId = message.OperationId,
        DeviceId = deviceId,
        Resumed = message.Resumed,
    };
}
