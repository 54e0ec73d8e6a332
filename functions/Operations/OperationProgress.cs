using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Operations;

/// <summary>
/// Moves an operation on. Steps end in any order and more than once; whichever ends last finishes the operation, in one guarded
/// write, which for an unregistration also creates the claim.
/// </summary>
internal sealed class OperationProgress(IdentityStore identities, ClaimFactory claims, TimeProvider time)
{
    /// <summary>The operation, the user and the claim.</summary>
    private const int OwnDocuments = 3;

    private static readonly AuditActor Actor = AuditActor.System(nameof(OperationProgress));

    /// <summary>Reads the operation, the user, the claim and what the step needs besides.</summary>
    public async Task<PartitionSnapshot> ReadAsync(QueueMessage message, StepEnd end, CancellationToken cancellationToken)
    {
        var operationId = OperationDocument.IdOf(message.OperationId);
        var snapshot = await identities.QueryFirstAsync(
            new UserKey(message.TenantId, message.UserId),
            "c.id IN (@operation, 'user', 'claim')" + (end.AlsoRead is null ? "" : $" OR ({end.AlsoRead})"),
            [("@operation", operationId)],
            // One more than there can be, so that a full page does not look as if there were more.
            most: OwnDocuments + end.AlsoReadAtOnce + 1,
            cancellationToken);
        snapshot.EnsureRead(operationId);
        return snapshot;
    }

    /// <summary>Why a message is not carried out; null when it is.</summary>
    public static Outcome? Settled(QueueMessage message, OperationStepName name, PartitionSnapshot snapshot) =>
        snapshot.Operation(message.OperationId) is not { } operation || snapshot.User is null
            ? new Outcome.Reject("There is no such operation.")
            : operation.IsOpen(name) ? null : Outcome.Done.Instance;

    /// <summary>Marks a step as done. Two requests, unless somebody else writes at the same moment.</summary>
    public async Task<Outcome> CompleteAsync(QueueMessage message, StepEnd end, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        var (conflicts, isBegun, known) = (0, false, end.Known);
        while (conflicts < IdentityStore.MaxConflicts)
        {
            var snapshot = known ?? await ReadAsync(message, end, cancellationToken);
            known = null;
            if (Settled(message, end.Name, snapshot) is { } settled)
            {
                return settled;
            }

            var operation = snapshot.Operation(message.OperationId)!;
            operation.EnsureWritable();
            if (!isBegun && end.First is not null)
            {
                await end.First(operation);
            }

            isBegun = true;
            var ahead = end.Ahead is null ? BatchResult.Committed : await end.Ahead(snapshot);
            if (ahead == BatchResult.Committed && snapshot.More && end.Ahead is not null)
            {
                continue;
            }

            if (ahead == BatchResult.Committed && await EndAsync(end, snapshot, operation, cancellationToken))
            {
                return Outcome.Done.Instance;
            }

            conflicts++;
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

    private async Task<bool> EndAsync(
        StepEnd end, PartitionSnapshot snapshot, OperationDocument operation, CancellationToken cancellationToken)
    {
        var batch = identities.Begin(operation.Key);
        end.Write?.Invoke(batch, snapshot);
        var written = Write(batch, snapshot, Completed(operation, end.Name));
        if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
        {
            return false;
        }

        if (written.Status == OperationStatus.Succeeded)
        {
            Measures.Operation(written.Kind, "succeeded");
        }

        return true;
    }

    private OperationDocument Completed(OperationDocument operation, OperationStepName name)
    {
        var step = operation.Step(name)!;
        return WithStep(
            operation,
            step with { Status = OperationStatus.Succeeded, Completed = step.Total, UpdatedAt = time.GetUtcNow(), Detail = null });
    }

    /// <summary>The operation with one step moved on.</summary>
    public static OperationDocument WithStep(OperationDocument operation, OperationStep step)
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
            batch
                .Patch(
                    user.Id,
                    string.Create(CultureInfo.InvariantCulture, $"FROM c WHERE c.epoch = {user.Epoch}"),
                    PatchOperation.Set("/didState", DidState.Unclaimed))
                .Upsert(claim, snapshot)
                .Create(Entry(user, now, AuditActions.ClaimCreated, claim.ClaimId, operation.OperationId));
        }

        operation = operation with { Status = OperationStatus.Succeeded, FinishedAt = now };
        batch.Replace(operation).Create(
            Entry(user, now, AuditActions.OperationFinished, operation.OperationId, operation.OperationId));
        return operation;
    }

    private static AuditDocument Entry(UserDocument user, DateTimeOffset at, string action, string target, string operationId) =>
        user.Key.Entry(at, Actor, action, target) with { OperationId = operationId };
}
