using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Operations;

/// <summary>
/// Finds work without progress (its message was never sent, or was lost) and queues it again. Safe at any time, because the work
/// converges.
/// </summary>
internal sealed partial class ResumeOperations(
    IdentityStore identities,
    OperationDispatch dispatch,
    QueueSender queues,
    IOptions<ResumeOptions> options,
    TimeProvider time,
    ILogger<ResumeOperations> logger)
{
    public const string Schedule = "0 * * * * *";

    /// <summary>Messages that are queued at the same time.</summary>
    private const int AtOnce = 16;

    /// <summary>How long a run may work on operations, and on pushes: less than the host allows; the next run continues.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Work that stays still is queued again less and less often, at most so many times slower than at first.</summary>
    private const int Slowest = 32;

    [Function(nameof(ResumeOperations))]
    public async Task HandleAsync([TimerTrigger(Schedule, UseMonitor = true)] TimerInfo timer, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await ForEachAsync(stop => StandingStillAsync(now, stop), (operation, stop) => ResumeAsync(operation, now, stop), cancellationToken);
        await ForEachAsync(stop => OverdueAsync(now, stop), (revocation, stop) => ResumeAsync(revocation, now, stop), cancellationToken);
    }

    /// <summary>Works through what is found, page by page. Each kind has its own time, so that many of one never keep the other waiting.</summary>
    private async Task ForEachAsync<T>(
        Func<CancellationToken, IAsyncEnumerable<T>> found, Func<T, CancellationToken, ValueTask> resume, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = patience.Token };
        try
        {
            await Parallel.ForEachAsync(found(patience.Token), parallel, resume);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Unfinished(logger);
        }
    }

    /// <summary>Queues the open steps, then writes that it did. In this order, because a message sent twice does no harm.</summary>
    private async ValueTask ResumeAsync(OperationDocument operation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!IsDue(operation, now) || operation.Resume(now) is not { } resumed)
        {
            return;
        }

        using var activity = Resume("resume operation", operation.TraceParent);
        try
        {
            await dispatch.SendAsync(operation, OperationDispatch.MarkOf(operation.UpdatedAt), cancellationToken);
            Log.Resumed(logger, operation.OperationId, operation.Status);
            Measures.Operation(operation.Kind, "resumed");

            // A conflict means that it moved.
            await identities.Begin(operation.Key).Replace(resumed).CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (IsOutage(exception))
        {
            Log.Refused(logger, exception, operation.OperationId);
        }
    }

    /// <summary>One that cannot be queued holds up no other.</summary>
    private static bool IsOutage(Exception exception) => exception is QueueUnavailableException or CosmosException;

    private async ValueTask ResumeAsync(RevocationDocument revocation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var message = new RevokePushMessage
        {
            TenantId = revocation.TenantId,
            UserId = revocation.UserId,
            OperationId = revocation.OperationId,
            DeviceId = revocation.DeviceId,
            Attempt = revocation.PushAttempts,
            Resumed = OperationDispatch.MarkOf(revocation.NextAttemptAt!.Value),
        };
        using var activity = Resume("resume push", revocation.TraceParent);
        try
        {
            await queues.SendAsync(Queues.RevokePushes, message, due: null, cancellationToken);
            Log.PushResumed(logger, revocation.OperationId, revocation.DeviceId);
            Measures.PushOverdue();
            await identities.Begin(revocation.Key).Replace(revocation with { NextAttemptAt = now }).CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (IsOutage(exception))
        {
            Log.Refused(logger, exception, revocation.OperationId);
        }
    }

    private bool IsDue(OperationDocument operation, DateTimeOffset now)
    {
        var seconds = operation.Status == OperationStatus.NotStarted ? options.Value.NotStartedSeconds : options.Value.RunningSeconds;
        return operation.UpdatedAt.AddSeconds(seconds * Math.Min(Slowest, Math.Pow(2, operation.Resumes))) <= now;
    }

    /// <summary>What is resumed continues the trace of the request that asked for it.</summary>
    private static Activity? Resume(string name, string? traceParent) =>
        Sources.Activities.StartActivity(name, ActivityKind.Internal, traceParent);

    private IAsyncEnumerable<OperationDocument> StandingStillAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        identities.EverywhereAsync<OperationDocument>(
            """
            SELECT * FROM c WHERE c.type = 'operation'
            AND ((c.status = 'notStarted' AND c.updatedAt <= @notStarted) OR (c.status = 'running' AND c.updatedAt <= @running))
            """,
            [
                ("@notStarted", now.AddSeconds(-options.Value.NotStartedSeconds)),
                ("@running", now.AddSeconds(-options.Value.RunningSeconds)),
            ],
            cancellationToken);

    /// <summary>Only revocations whose push is not settled have a next attempt.</summary>
    private IAsyncEnumerable<RevocationDocument> OverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        identities.EverywhereAsync<RevocationDocument>(
            "SELECT * FROM c WHERE c.type = 'revocation' AND c.nextAttemptAt <= @overdue",
            [("@overdue", now.AddSeconds(-options.Value.PushOverdueSeconds))],
            cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Operation {OperationId} made no progress as {Status}; its work is queued again.")]
        public static partial void Resumed(ILogger logger, string operationId, OperationStatus status);

        [LoggerMessage(2, LogLevel.Warning, "A revoke push of operation {OperationId} was overdue; it is queued again for device {DeviceId}.")]
        public static partial void PushResumed(ILogger logger, string operationId, string deviceId);

        [LoggerMessage(3, LogLevel.Warning, "The work of operation {OperationId}, which makes no progress, cannot be queued now; the next run retries it.")]
        public static partial void Refused(ILogger logger, Exception exception, string operationId);

        [LoggerMessage(4, LogLevel.Warning, "Not all work without progress could be queued again in time; the next run continues.")]
        public static partial void Unfinished(ILogger logger);
    }
}
