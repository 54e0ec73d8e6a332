using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Operations;

/// <summary>Restarts failed operations. A restart is committed as the operation itself was, so that no outage of the bus loses it.</summary>
internal sealed class FailedOperations(IdentityStore identities, OperationDispatch dispatch, TimeProvider time)
{
    /// <summary>The operation as it is after somebody asked for it once more: restarted if it had failed, else as it was.</summary>
    public async Task<OperationDocument> RestartAsync(OperationDocument operation, AuditActor by, CancellationToken cancellationToken)
    {
        var result = await identities.UpdateAsync<OperationDocument?, OperationDocument?>(
            operation.Key,
            stop => identities.ReadAsync<OperationDocument>(operation.Key, operation.Id, stop),
            (current, attempt) =>
            {
                if (current?.Restart(time.GetUtcNow()) is not { } restarted)
                {
                    return current;
                }

                var entry = restarted.Key.Entry(restarted.UpdatedAt, by, AuditActions.OperationRestarted, restarted.OperationId);
                attempt.Batch.Replace(restarted).Create(entry with { OperationId = restarted.OperationId });
                return restarted;
            },
            known: operation,
            cancellationToken);
        if (result is { IsWritten: true, Value: { } restarted })
        {
            await dispatch.TryAsync(restarted, OperationDispatch.MarkOf(restarted.UpdatedAt));
        }

        return result.Value ?? operation;
    }
}
