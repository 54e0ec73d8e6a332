using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Operations;

/// <summary>Queues the work of an operation, for the first time or again.</summary>
internal sealed partial class OperationDispatch(QueueSender queues, ILogger<OperationDispatch> logger)
{
    /// <summary>
    /// Tries once, also when the caller has hung up. When the bus is out the decision stands all the same: the timer finds it and queues
    /// its work.
    /// </summary>
    public async Task<bool> TryAsync(OperationDocument operation, string? resumed)
    {
        Measures.Operation(operation.Kind, resumed is null ? "requested" : "resumed");
        try
        {
            await SendAsync(operation, resumed, CancellationToken.None);
            return true;
        }
        catch (QueueUnavailableException exception)
        {
            Log.Postponed(logger, exception, operation.OperationId);
            return false;
        }
    }

    /// <summary>Queues what is open: everything through the fan-out, not before a hold ends, or the steps that remain after it.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="resumed">Marks messages that are sent again, so that the bus does not take them for duplicates; null at first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public async Task SendAsync(OperationDocument operation, string? resumed, CancellationToken cancellationToken)
    {
        if (operation.IsOpen(OperationStepName.QueuePushes))
        {
            await queues.SendAsync(Queues.Revocations, FanOut(operation, resumed), operation.IsHeld() ? operation.Hold!.Until : null, cancellationToken);
            return;
        }

        await SendStepsAsync(operation, resumed, cancellationToken);
    }

    /// <summary>
    /// The mark of messages that are sent again because nothing moved since a time, which is written again after each such sending. So
    /// the bus drops what is sent twice because the write failed, and never a message of which it only remembers an earlier, lost one.
    /// </summary>
    public static string MarkOf(DateTimeOffset unmovedSince) =>
        unmovedSince.UtcTicks.ToString("x", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Queues the open steps that change documents.</summary>
    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public Task SendStepsAsync(OperationDocument operation, string? resumed, CancellationToken cancellationToken) => Task.WhenAll(
        operation.IsOpen(OperationStepName.DeleteDevices)
            ? queues.SendAsync(Queues.DeviceDeletions, Deletion(operation, resumed), due: null, cancellationToken)
            : Task.CompletedTask,
        operation.IsOpen(OperationStepName.ResetDid)
            ? queues.SendAsync(Queues.DidResets, Reset(operation, resumed), due: null, cancellationToken)
            : Task.CompletedTask,
        operation.IsOpen(OperationStepName.RemoveAccounts)
            ? queues.SendAsync(Queues.AccountRemovals, Removal(operation, resumed), due: null, cancellationToken)
            : Task.CompletedTask,
        operation.IsOpen(OperationStepName.ImportUsers)
            ? queues.SendAsync(Queues.UserImports, Import(operation, resumed), due: null, cancellationToken)
            : Task.CompletedTask);

    private static RevocationMessage FanOut(OperationDocument operation, string? resumed) => new()
    {
        TenantId = operation.TenantId,
        UserId = operation.UserId,
        OperationId = operation.OperationId,
        Resumed = resumed,
    };

    private static DeviceDeletionMessage Deletion(OperationDocument operation, string? resumed) => new()
    {
        TenantId = operation.TenantId,
        UserId = operation.UserId,
        OperationId = operation.OperationId,
        Resumed = resumed,
    };

    private static DidResetMessage Reset(OperationDocument operation, string? resumed) => new()
    {
        TenantId = operation.TenantId,
        UserId = operation.UserId,
        OperationId = operation.OperationId,
        Resumed = resumed,
    };

    private static AccountRemovalMessage Removal(OperationDocument operation, string? resumed) => new()
    {
        TenantId = operation.TenantId,
        UserId = operation.UserId,
        OperationId = operation.OperationId,
        Resumed = resumed,
    };

    private static UserImportMessage Import(OperationDocument operation, string? resumed) => new()
    {
        TenantId = operation.TenantId,
        UserId = operation.UserId,
        OperationId = operation.OperationId,
        Resumed = resumed,
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Operation {OperationId} is committed, but the bus is out; its work is queued later.")]
        public static partial void Postponed(ILogger logger, Exception exception, string operationId);
    }
}
