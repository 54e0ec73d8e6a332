using System.Diagnostics;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// Finds bulk operations without progress (a message was never sent, or was lost) and queues their work again. Safe at any time, because the work
/// converges.
/// </summary>
internal sealed partial class ResumeBulkWork(
    IdentityStore identities, BulkDispatch dispatch, IOptions<BulkOptions> options, TimeProvider time, ILogger<ResumeBulkWork> logger)
{
    public const string Schedule = "45 * * * * *";

    /// <summary>Work that stays still is queued again less and less often, at most so many times slower than at first.</summary>
    private const int Slowest = 32;

    [Function(nameof(ResumeBulkWork))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var found = identities.EverywhereAsync<BulkDocument>(
            $"SELECT * FROM c WHERE c.type = '{BulkDocument.DocumentType}' AND c.status IN ('planning', 'running') AND c.updatedAt <= @overdue",
            [("@overdue", now.AddSeconds(-options.Value.OverdueSeconds))],
            cancellationToken);
        await foreach (var operation in found)
        {
            if (operation.UpdatedAt.AddSeconds(options.Value.OverdueSeconds * Math.Min(Slowest, Math.Pow(2, operation.Resumes))) <= now)
            {
                await ResumeAsync(operation, now, cancellationToken);
            }
        }
    }

    /// <summary>Queues the work, then writes that it did: a message that is sent twice does no harm. One that cannot be queued holds up no other.</summary>
    private async Task ResumeAsync(BulkDocument operation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var activity = Sources.Activities.StartActivity("resume bulk operation", ActivityKind.Internal, operation.TraceParent);
        try
        {
            await dispatch.SendAsync(operation, OperationDispatch.MarkOf(operation.UpdatedAt), cancellationToken);
            Log.Resumed(logger, operation.BulkOperationId, operation.Status);

            // A conflict means that it moved.
            await identities.Begin(operation.Key)
                .Patch(operation, PatchOperation.Set("/updatedAt", now), PatchOperation.Set("/resumes", operation.Resumes + 1))
                .CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is QueueUnavailableException or CosmosException)
        {
            Log.Refused(logger, exception, operation.BulkOperationId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Bulk operation {BulkOperationId} made no progress as {Status}; its work is queued again.")]
        public static partial void Resumed(ILogger logger, string bulkOperationId, Contracts.BulkState status);

        [LoggerMessage(2, LogLevel.Warning, "The work of bulk operation {BulkOperationId}, which makes no progress, cannot be queued now; the next run retries it.")]
        public static partial void Refused(ILogger logger, Exception exception, string bulkOperationId);
    }
}
