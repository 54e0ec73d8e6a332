using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Operations;

/// <summary>Begins failed operations anew. A restart is committed as the operation itself was, so that no outage of the bus loses it.</summary>
internal sealed class FailedOperations(IdentityStore identities, OperationDispatch dispatch, TimeProvider time)
{
    /// <summary>The operation as it is after somebody asked for it once more: begun anew if it had failed, else as it was.</summary>
    public async Task<OperationDocument> RestartAsync(OperationDocument operation, AuditActor by, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts && operation.Status == OperationStatus.Failed; attempt++)
        {
            var restarted = Restarted(operation, time.GetUtcNow());
            var entry = operation.Key.Entry(restarted.UpdatedAt, by, AuditActions.OperationRestarted, operation.OperationId) with
            {
                OperationId = operation.OperationId,
            };
            if (await identities.Begin(operation.Key).Replace(restarted).Create(entry).CommitAsync(cancellationToken) == BatchResult.Committed)
            {
                await dispatch.TryAsync(restarted, OperationDispatch.MarkOf(restarted.UpdatedAt));
                return restarted;
            }

            operation = (await identities.ReadAsync<OperationDocument>(operation.Key, operation.Id, cancellationToken))!;
        }

        return operation;
    }

    private static OperationDocument Restarted(OperationDocument operation, DateTimeOffset now) => operation with
    {
        Status = OperationStatus.Running,
        UpdatedAt = now,
        Resumes = 0,
        Steps =
        [
            .. operation.Steps.Select(step => step.Status == OperationStatus.Failed
                ? step with { Status = OperationStatus.NotStarted, UpdatedAt = now, Detail = null }
                : step),
        ],
    };
}
