using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Signals;
using BlokSec.Functions.Telemetry;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Operations;

/// <summary>
/// Moves an operation on. Steps end in any order and more than once; whichever ends last finishes the operation, in one guarded
/// write, which for an unregistration also creates the claim. What moves how is decided by <see cref="OperationLifecycle"/>.
/// </summary>
internal sealed class OperationProgress(IdentityStore identities, ClaimFactory claims, SignalDispatch signals, TimeProvider time)
{
    /// <summary>The operation, the user and the claim.</summary>
    private const int OwnDocuments = 3;

    private static readonly AuditActor Actor = AuditActor.System(nameof(OperationProgress));

    /// <summary>Reads the operation, the user and the claim.</summary>
    public Task<PartitionSnapshot> ReadAsync(OperationMessage message, CancellationToken cancellationToken) =>
        ReadAsync(message, also: null, atOnce: 0, cancellationToken);

    /// <summary>Reads the operation, the user, the claim and what else the step needs.</summary>
    /// <param name="message">Whose operation.</param>
    /// <param name="also">Condition for the further documents; null for none.</param>
    /// <param name="atOnce">How many of them are read at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PartitionSnapshot> ReadAsync(OperationMessage message, string? also, int atOnce, CancellationToken cancellationToken)
    {
        var operationId = OperationDocument.IdOf(message.OperationId);
        var snapshot = await identities.QueryFirstAsync(
            KeyOf(message),
            "c.id IN (@operation, 'user', 'claim')" + (also is null ? "" : $" OR ({also})"),
            [("@operation", operationId)],
            // One more than there can be, so that a full page does not look as if there were more.
            most: OwnDocuments + atOnce + 1,
            cancellationToken);
        snapshot.EnsureRead(operationId);
        return snapshot;
    }

    /// <summary>Why a message is not carried out; null when it is.</summary>
    /// <exception cref="NewerDocumentException">A later version of the service wrote the operation.</exception>
    public static Outcome? Settled(OperationMessage message, OperationStepName name, PartitionSnapshot snapshot)
    {
        if (snapshot.Operation(message.OperationId) is not { } operation || !snapshot.Has(UserDocument.DocumentId))
        {
            return new Outcome.Reject("There is no such operation.");
        }

        if (!operation.IsOpen(name) || (operation.IsHeld() && name != OperationStepName.QueuePushes))
        {
            // On hold, only the fan-out may see to it that the hold ends.
            return Outcome.Done.Instance;
        }

        // Before anything is done that could not be recorded afterwards.
        operation.EnsureWritable();
        return null;
    }

    /// <summary>Marks a step that needs no write of its own as done. One request, unless another writer is faster.</summary>
    /// <param name="message">Whose operation.</param>
    /// <param name="name">Which step.</param>
    /// <param name="known">What <see cref="ReadAsync(OperationMessage,CancellationToken)"/> found.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Outcome> CompleteAsync(
        OperationMessage message, OperationStepName name, PartitionSnapshot known, CancellationToken cancellationToken) =>
        CompleteAsync(message, name, known, stop => ReadAsync(message, stop), (_, _) => { }, cancellationToken);

    /// <summary>Marks a step as done, in one transaction with what the step writes last.</summary>
    /// <param name="message">Whose operation.</param>
    /// <param name="name">Which step.</param>
    /// <param name="known">What was read before.</param>
    /// <param name="read">Reads it again after a conflict.</param>
    /// <param name="write">Adds the step's own writes.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Outcome> CompleteAsync(
        OperationMessage message,
        OperationStepName name,
        PartitionSnapshot known,
        Func<CancellationToken, Task<PartitionSnapshot>> read,
        Action<PartitionBatch, PartitionSnapshot> write,
        CancellationToken cancellationToken)
    {
        SignalDocument? signal = null;
        var result = await identities.UpdateAsync(KeyOf(message), read, DecideAsync, known, IdentityStore.MaxAttempts, cancellationToken);
        if (result.IsWritten)
        {
            await signals.TryAsync(signal);
        }

        if (result is { IsWritten: true, Value.Completed: { IsFinished: true } completed })
        {
            Measures.Operation(completed.Operation.Kind, "succeeded");
        }

        return result.Value.Outcome ?? new Outcome.Later(time.GetUtcNow().AddSeconds(1));

        async Task<(Outcome Outcome, CompletedStep? Completed)> DecideAsync(PartitionSnapshot snapshot, UpdateAttempt attempt)
        {
            if (Settled(message, name, snapshot) is { } settled)
            {
                return (settled, null);
            }

            var completed = snapshot.Operation(message.OperationId)!.Complete(name, time.GetUtcNow())!;
            write(attempt.Batch, snapshot);
            signal = await WriteAsync(attempt.Batch, snapshot, completed, cancellationToken);
            return (Outcome.Done.Instance, completed);
        }
    }

    /// <summary>Records that a step cannot be carried out. Asking for the same operation again restarts it.</summary>
    /// <param name="message">Whose operation.</param>
    /// <param name="name">Which step.</param>
    /// <param name="reason">Why, in plain words and without secrets.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task FailAsync(OperationMessage message, OperationStepName name, string reason, CancellationToken cancellationToken)
    {
        try
        {
            await RecordFailureAsync(message, name, reason, cancellationToken);
        }
        catch (UnreadableDocumentException)
        {
            await identities.RaiseUnreadableAsync(message, Actor, reason, time.GetUtcNow(), cancellationToken);
        }
    }

    private async Task RecordFailureAsync(OperationMessage message, OperationStepName name, string reason, CancellationToken cancellationToken)
    {
        var key = KeyOf(message);
        var result = await identities.UpdateAsync(
            key,
            stop => identities.ReadAsync<OperationDocument>(key, OperationDocument.IdOf(message.OperationId), stop),
            (operation, attempt) =>
            {
                if (operation is null || GivingUp.IsImplausible(message, operation.RequestedAt, time.GetUtcNow()))
                {
                    return null;
                }

                var failed = operation.Fail(name, reason, time.GetUtcNow());
                if (failed is not null)
                {
                    attempt.Batch.Replace(failed).Create(Entry(failed, AuditActions.OperationFailed, failed.OperationId) with
                    {
                        Reason = reason,
                        Alert = true,
                    });
                }

                return failed;
            },
            cancellationToken);
        if (result.ValueOrTimeout("operation") is { } failed)
        {
            Measures.Operation(failed.Kind, "failed");
        }
    }

    private async Task<SignalDocument?> WriteAsync(
        PartitionBatch batch, PartitionSnapshot snapshot, CompletedStep completed, CancellationToken cancellationToken)
    {
        SignalDocument? signal = null;
        var operation = completed.Operation;
        if (completed.GainsClaim)
        {
            var (user, now) = (snapshot.User!, operation.UpdatedAt);
            var claim = await claims.CreateAsync(user, snapshot.Claim, Guid.CreateVersion7(now).ToString("N"), now, cancellationToken);
            batch
                .Patch(
                    user.Id,
                    string.Create(CultureInfo.InvariantCulture, $"FROM c WHERE c.epoch = {user.Epoch}"),
                    PatchOperation.Set("/didState", DidState.Unclaimed))
                .Upsert(claim, snapshot)
                .Create(Entry(operation, AuditActions.ClaimCreated, claim.ClaimId));
            signal = signals.Add(batch, UserSignals.ClaimMade(user, claim, isFirst: false, Actor));
        }

        batch.Replace(operation);
        if (completed.IsFinished)
        {
            batch.Create(Entry(operation, AuditActions.OperationFinished, operation.OperationId));
        }

        return signal;
    }

    private static AuditDocument Entry(OperationDocument operation, string action, string target) =>
        operation.Key.Entry(operation.UpdatedAt, Actor, action, target) with { OperationId = operation.OperationId };

    private static UserKey KeyOf(OperationMessage message) => new(message.TenantId, message.UserId);
}
