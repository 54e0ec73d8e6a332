using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Operations;

/// <summary>A step that ends, and what ends with it.</summary>
/// <param name="Name">Which step.</param>
internal sealed record StepEnd(OperationStepName Name)
{
    /// <summary>Condition for further documents that <see cref="Write"/> needs.</summary>
    public string? AlsoRead { get; init; }

    /// <summary>Done once, after reading and before writing.</summary>
    public Func<OperationDocument, Task>? First { get; init; }

    /// <summary>What is written in the same batch.</summary>
    public Func<PartitionBatch, PartitionSnapshot, Task>? Write { get; init; }
}

/// <summary>
/// Moves an operation on. Steps end in any order and more than once; whichever ends last finishes the operation, in one guarded
/// write, which for an unregistration also creates the claim.
/// </summary>
internal sealed class OperationProgress(IdentityStore identities, ClaimFactory claims, TimeProvider time)
{
    private static readonly AuditActor Actor = AuditActor.System(nameof(OperationProgress));

    /// <summary>Marks a step as done. Two requests, unless somebody else writes at the same moment.</summary>
    public async Task<Outcome> CompleteAsync(QueueMessage message, StepEnd end, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        var where = "c.id IN (@operation, 'user', 'claim')" + (end.AlsoRead is null ? "" : $" OR ({end.AlsoRead})");
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var snapshot = await identities.QueryAsync(
                key, where, [("@operation", OperationDocument.IdOf(message.OperationId))], cancellationToken);
            if (snapshot.Operation(message.OperationId) is not { } operation || snapshot.User is not { } user)
            {
                return new Outcome.Reject("There is no such operation.");
            }

            if (operation.Step(end.Name) is null or { Status: OperationStatus.Succeeded })
            {
                return Outcome.Done.Instance;
            }

            if (attempt == 0 && end.First is not null)
            {
                await end.First(operation);
            }

            var batch = identities.Begin(key);
            if (end.Write is not null)
            {
                await end.Write(batch, snapshot);
            }

            var written = Write(batch, snapshot, Completed(operation, end.Name));
            if (await batch.CommitAsync(cancellationToken) == BatchResult.Committed)
            {
                if (written.Status == OperationStatus.Succeeded)
                {
                    Measures.Operation(written.Kind, "succeeded");
                }

                return Outcome.Done.Instance;
            }
        }

        return new Outcome.Later(time.GetUtcNow().AddSeconds(1));
    }

    /// <summary>Records that a step cannot be carried out. Asking for the same operation again starts it anew.</summary>
    /// <param name="message">Whose operation.</param>
    /// <param name="name">Which step.</param>
    /// <param name="reason">Why, in plain words and without secrets.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task FailAsync(QueueMessage message, OperationStepName name, string reason, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        for (var attempt = 0; attempt < IdentityStore.MaxConflicts; attempt++)
        {
            var operation = await identities.ReadAsync<OperationDocument>(
                key, OperationDocument.IdOf(message.OperationId), cancellationToken);
            if (operation?.Step(name) is not { Status: OperationStatus.NotStarted or OperationStatus.Running } step)
            {
                return;
            }

            var now = time.GetUtcNow();
            var failed = WithStep(operation, step with { Status = OperationStatus.Failed, UpdatedAt = now, Detail = reason });
            var entry = key.Entry(now, Actor, AuditActions.OperationFailed, operation.OperationId) with
            {
                OperationId = operation.OperationId,
                Reason = reason,
                Alert = true,
            };
            if (await identities.Begin(key).Replace(failed).Create(entry).CommitAsync(cancellationToken) == BatchResult.Committed)
            {
                Measures.Operation(failed.Kind, "failed");
                return;
            }
        }

        throw new TimeoutException("The operation is being changed again and again.");
    }

    private OperationDocument Completed(OperationDocument operation, OperationStepName name)
    {
        var step = operation.Step(name)!;
        return WithStep(
            operation,
            step with { Status = OperationStatus.Succeeded, Completed = step.Total, UpdatedAt = time.GetUtcNow(), Detail = null });
    }

    private static OperationDocument WithStep(OperationDocument operation, OperationStep step)
    {
        var moved = operation.With(step);
        return moved with
        {
            Status = moved.Steps.Any(other => other.Status == OperationStatus.Failed) ? OperationStatus.Failed : OperationStatus.Running,
            DispatchedAt = operation.DispatchedAt ?? step.UpdatedAt,
        };
    }

    private OperationDocument Write(PartitionBatch batch, PartitionSnapshot snapshot, OperationDocument operation)
    {
        var user = snapshot.User!;
        var now = operation.UpdatedAt;
        var open = operation.Steps.Where(step => step.Status != OperationStatus.Succeeded).Select(step => step.Name).ToArray();
        if (open is not ([] or [OperationStepName.CreateClaim]))
        {
            batch.Replace(operation);
            return operation;
        }

        if (open is [OperationStepName.CreateClaim])
        {
            operation = operation.With(new OperationStep(OperationStepName.CreateClaim, OperationStatus.Succeeded, 1, 1, now));
            var claim = claims.Create(user, snapshot.Claim, Guid.CreateVersion7(now).ToString("N"), now);
            batch.Replace(user with { DidState = DidState.Unclaimed }).Upsert(claim).Create(
                Entry(user, now, AuditActions.ClaimCreated, claim.ClaimId, operation.OperationId));
        }

        operation = operation with { Status = OperationStatus.Succeeded, FinishedAt = now };
        batch.Replace(operation).Create(
            Entry(user, now, AuditActions.OperationFinished, operation.OperationId, operation.OperationId));
        return operation;
    }

    private static AuditDocument Entry(UserDocument user, DateTimeOffset at, string action, string target, string operationId) =>
        user.Key.Entry(at, Actor, action, target) with { OperationId = operationId };
}
