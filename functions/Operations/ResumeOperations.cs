using BlokSec.Contracts;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Operations;

/// <summary>
/// Finds work that stands still (its message was never sent, or was lost) and queues it again. Safe at any time, because the work
/// converges.
/// </summary>
internal sealed partial class ResumeOperations(
    IdentityStore identities,
    OperationDispatch dispatch,
    QueueSender queues,
    IOptions<ResumeOptions> options,
    TimeProvider time,
    ILogger<ResumeOperations> logger) : ITimerFunction
{
    public const string Schedule = "0 * * * * *";

    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var marker = OperationDispatch.ResumedAt(now);
        await foreach (var operation in StandingStillAsync(now, cancellationToken))
        {
            Log.Resumed(logger, operation.OperationId, operation.Status);
            Measures.Operation(operation.Kind, "resumed");
            await dispatch.SendAsync(operation, marker, cancellationToken);
        }

        await foreach (var revocation in OverdueAsync(now, cancellationToken))
        {
            Log.PushResumed(logger, revocation.OperationId, revocation.DeviceId);
            Measures.PushOverdue();
            var message = new RevokePushMessage
            {
                TenantId = revocation.TenantId,
                UserId = revocation.UserId,
                OperationId = revocation.OperationId,
                DeviceId = revocation.DeviceId,
                Attempt = revocation.PushAttempts,
                Resumed = marker,
            };
            await queues.SendAsync(Queues.RevokePushes, message, due: null, cancellationToken);
        }
    }

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
        [LoggerMessage(1, LogLevel.Warning, "Operation {OperationId} stood still as {Status}; its work is queued again.")]
        public static partial void Resumed(ILogger logger, string operationId, OperationStatus status);

        [LoggerMessage(2, LogLevel.Warning, "A revoke push of operation {OperationId} was overdue; it is queued again for device {DeviceId}.")]
        public static partial void PushResumed(ILogger logger, string operationId, string deviceId);
    }
}
