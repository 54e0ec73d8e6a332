using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Bulk;

/// <summary>Queues the work of a bulk operation, for the first time or again.</summary>
internal sealed partial class BulkDispatch(QueueSender queues, ILogger<BulkDispatch> logger)
{
    /// <summary>Tries once. When the bus is out the decision stands all the same: the timer finds it.</summary>
    public async Task TryAsync(BulkDocument operation)
    {
        try
        {
            await SendAsync(operation, resumed: null, CancellationToken.None);
        }
        catch (QueueUnavailableException exception)
        {
            Log.Postponed(logger, exception, operation.BulkOperationId);
        }
    }

    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public Task SendAsync(BulkDocument operation, string? resumed, CancellationToken cancellationToken)
    {
        var message = new BulkMessage
        {
            TenantId = operation.TenantId,
            UserId = operation.UserId,
            OperationId = operation.BulkOperationId,
            Run = operation.Run,
            Resumed = resumed,
        };
        return queues.SendAsync(Queues.BulkOperations, message, due: null, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Bulk operation {BulkOperationId} is committed, but the bus is out; its work is queued later.")]
        public static partial void Postponed(ILogger logger, Exception exception, string bulkOperationId);
    }
}
