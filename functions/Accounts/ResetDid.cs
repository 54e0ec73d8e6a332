using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Signals;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Accounts;

/// <summary>
/// Brings DID and epoch of every account to those of the user's document: no DID after an unregistration, the new one after a claim.
/// Accounts only ever move forward (by epoch, and inside an epoch from none to bound), so a message that comes late or twice changes
/// nothing.
/// </summary>
internal sealed class ResetDid(
    IdentityStore identities, QueueSender queues, SignalDispatch signals, OperationProgress progress, TimeProvider time)
    : IQueueFunction<DidResetMessage>
{
    /// <summary>Pages that one message works on before it hands over to the next, so that no message outlives its lock.</summary>
    private const int PagesPerMessage = 5;

    /// <summary>Ten batches of accounts, the last of which has room for the operation: it records how far the work is.</summary>
    private const int PageSize = (10 * PartitionBatch.MaxOperations) - 1;

    private const OperationStepName Step = OperationStepName.ResetDid;

    [Function(nameof(ResetDid))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.DidResets, Connection = QueueOptions.Section)] DidResetMessage message, CancellationToken cancellationToken)
    {
        var snapshot = message.Part == 0 ? await ReadWithAccountsAsync(message, cancellationToken) : null;
        var unrecorded = 0;
        for (var page = 0; page < PagesPerMessage; page++)
        {
            var isRead = page == 0 && snapshot is { Unreadable.Count: 0 };
            snapshot ??= await progress.ReadAsync(message, cancellationToken);
            if (OperationProgress.Settled(message, Step, snapshot) is { } settled)
            {
                return settled;
            }

            // Always from the front: what was changed no longer meets the condition, so memory holds one page.
            var (accounts, more) = isRead ? Behind(snapshot) : await BehindAsync(snapshot.User!, cancellationToken);
            (var moved, unrecorded) = await MoveAsync(snapshot, message.OperationId, accounts, more, unrecorded, cancellationToken);
            if (moved == BatchResult.Committed && !more)
            {
                await TellAsync(message, snapshot, cancellationToken);
                return await progress.CompleteAsync(message, Step, snapshot, cancellationToken);
            }

            if (moved == BatchResult.Conflict)
            {
                // Somebody else wrote the operation or one of the accounts: look again.
                snapshot = null;
            }
        }

        var next = message with { Part = message.Part + 1, Attempt = 0, Failures = 0, FailingSince = null };
        await queues.SendAsync(Queues.DidResets, next, due: null, cancellationToken);
        return Outcome.Done.Instance;
    }

    public Task GiveUpAsync(DidResetMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, Step, reason, cancellationToken);

    /// <summary>Applications learn of a phone that enrolled once its DID is bound. The fan-out of a removal has done so already.</summary>
    private Task TellAsync(DidResetMessage message, PartitionSnapshot snapshot, CancellationToken cancellationToken) =>
        snapshot.Operation(message.OperationId) is { Kind: Contracts.OperationKind.Enrollment }
            ? signals.SendAsync(message, cancellationToken)
            : Task.CompletedTask;

    /// <summary>What the step rests on, and the first page of the user's accounts with it: for most users there is no second one.</summary>
    private Task<PartitionSnapshot> ReadWithAccountsAsync(DidResetMessage message, CancellationToken cancellationToken) =>
        progress.ReadAsync(message, $"c.type = '{AccountDocument.DocumentType}'", PageSize, cancellationToken);

    /// <summary>The accounts that were read and are behind the user's document, by the same condition as <see cref="Behind(UserDocument)"/>.</summary>
    private static (IReadOnlyList<string> Ids, bool More) Behind(PartitionSnapshot snapshot)
    {
        var user = snapshot.User!;
        var accounts = snapshot.Accounts
            .Where(account => account.Epoch < user.Epoch || (account.Epoch == user.Epoch && account.Did is null && user.Did is not null))
            .Select(account => account.Id)
            .ToArray();
        snapshot.Accounts.Clear();
        return (accounts[..Math.Min(accounts.Length, PageSize)], snapshot.More || accounts.Length > PageSize);
    }

    private Task<(IReadOnlyList<string> Ids, bool More)> BehindAsync(UserDocument user, CancellationToken cancellationToken) =>
        identities.FirstPageAsync<string>(
            user.Key, $"SELECT VALUE c.id FROM c WHERE c.type = 'account' AND {Behind(user)}", [], PageSize, cancellationToken);

    private static string Behind(UserDocument user)
    {
        var epoch = user.Epoch.ToString(CultureInfo.InvariantCulture);
        return user.Did is null
            ? $"(NOT IS_NUMBER(c.epoch) OR c.epoch < {epoch})"
            : $"(NOT IS_NUMBER(c.epoch) OR c.epoch < {epoch} OR (c.epoch = {epoch} AND (NOT IS_DEFINED(c.did) OR IS_NULL(c.did))))";
    }

    /// <summary>Moves a page of accounts, and writes with the last of them how far the work is; not after the last page, as that ends the step.</summary>
    /// <returns>Whether all were moved, and how many were moved that the operation does not count yet.</returns>
    private async Task<(BatchResult Result, int Unrecorded)> MoveAsync(
        PartitionSnapshot snapshot,
        string operationId,
        IReadOnlyList<string> accounts,
        bool more,
        int unrecorded,
        CancellationToken cancellationToken)
    {
        var user = snapshot.User!;
        foreach (var (index, part) in accounts.Chunk(PartitionBatch.MaxOperations).Index())
        {
            var batch = identities.Begin(user.Key);
            foreach (var id in part)
            {
                batch.Patch(
                    id, $"FROM c WHERE {Behind(user)}", PatchOperation.Set("/did", user.Did), PatchOperation.Set("/epoch", user.Epoch));
            }

            var isLast = (index * PartitionBatch.MaxOperations) + part.Length == accounts.Count;
            var operation = isLast && more && batch.Count < PartitionBatch.MaxOperations
                ? snapshot.Operation(operationId)!.Progress(Step, unrecorded + part.Length, time.GetUtcNow())
                : null;
            if (operation is not null)
            {
                batch.Replace(operation);
            }

            if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
            {
                return (BatchResult.Conflict, unrecorded);
            }

            unrecorded += part.Length;
            if (operation is not null)
            {
                unrecorded = 0;
                snapshot.Operations[0] = operation with { ETag = batch.ETagOf(operation.Id) };
            }
        }

        return (BatchResult.Committed, unrecorded);
    }
}
