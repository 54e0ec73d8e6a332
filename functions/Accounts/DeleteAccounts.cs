using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Accounts;

/// <summary>
/// Deletes the accounts that an operation removes, in portions. Each portion tells the user's phones that there is a new version, ends the sign-ins
/// that wait for its accounts, and records how far the work is; the last one ends the operation.
/// </summary>
internal sealed class DeleteAccounts(IdentityStore identities, QueueSender queues, OperationProgress progress, TimeProvider time)
    : IQueueFunction<AccountRemovalMessage>
{
    /// <summary>Accounts that are read at once.</summary>
    private const int PageSize = 500;

    /// <summary>Pages that one message works on before it hands over to the next, so that no message outlives its lock.</summary>
    private const int PagesPerMessage = 5;

    /// <summary>The operation, the user, and up to two audit entries.</summary>
    private const int OwnOperations = 4;

    /// <summary>Characters of the accounts' names that an audit entry lists.</summary>
    private const int MaxListed = 2_000;

    private const OperationStepName Step = OperationStepName.RemoveAccounts;

    private static readonly AuditActor Actor = AuditActor.System(nameof(DeleteAccounts));

    [Function(nameof(DeleteAccounts))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.AccountRemovals, Connection = QueueOptions.Section)] AccountRemovalMessage message, CancellationToken cancellationToken)
    {
        for (var page = 0; page < PagesPerMessage; page++)
        {
            var snapshot = await ReadAsync(message, cancellationToken);
            if (OperationProgress.Settled(message, Step, snapshot) is { } settled)
            {
                return settled;
            }

            if (snapshot.User is not { } user || snapshot.Operation(message.OperationId) is not { Accounts: { } scope } operation)
            {
                return new Outcome.Reject("The operation removes no accounts.");
            }

            // Always from the front: what was deleted is not found any more, so memory holds one page.
            var (found, more) = await identities.FirstPageAsync<FoundAccount>(
                user.Key,
                $"SELECT c.id, c.applicationId, c.applicationName, c.accountName FROM c WHERE {scope.Condition}",
                scope.Parameters,
                PageSize,
                cancellationToken);

            // After a conflict, as after a page, all is read again.
            if (await DeleteAsync(new Portions(snapshot, user, operation), found, more, cancellationToken) == BatchResult.Committed && !more)
            {
                Measures.Operation(operation.Kind, "succeeded");
                return Outcome.Done.Instance;
            }
        }

        var next = message with { Part = message.Part + 1, Attempt = 0, Failures = 0, FailingSince = null };
        await queues.SendAsync(Queues.AccountRemovals, next, due: null, cancellationToken);
        return Outcome.Done.Instance;
    }

    public Task GiveUpAsync(AccountRemovalMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, Step, reason, cancellationToken);

    private async Task<PartitionSnapshot> ReadAsync(AccountRemovalMessage message, CancellationToken cancellationToken)
    {
        var snapshot = await progress.ReadAsync(
            message,
            $"(c.type = 'device' AND {DeviceDocument.NotRevoked}) OR (c.type = 'authenticationRequest' AND c.status = 'pending')",
            AccountChanges.MaxConcerned,
            cancellationToken);
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        return snapshot;
    }

    /// <summary>Deletes a page of accounts; nothing but the end of the operation is written for one without accounts.</summary>
    private async Task<BatchResult> DeleteAsync(Portions portions, IReadOnlyList<FoundAccount> found, bool more, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
        {
            return more ? BatchResult.Committed : await CommitAsync(portions, [], areAll: true, cancellationToken);
        }

        var size = PartitionBatch.MaxOperations - OwnOperations - portions.Snapshot.Devices.Count
            - Math.Min(AccountChanges.MaxPendingSignIns, portions.Snapshot.AuthenticationRequests.Count);
        foreach (var (index, portion) in found.Chunk(size).Index())
        {
            var areAll = !more && (index * size) + portion.Length == found.Count;
            if (await CommitAsync(portions, portion, areAll, cancellationToken) == BatchResult.Conflict)
            {
                return BatchResult.Conflict;
            }
        }

        return BatchResult.Committed;
    }

    private async Task<BatchResult> CommitAsync(Portions portions, FoundAccount[] portion, bool areAll, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (snapshot, user, operation) = (portions.Snapshot, portions.User, portions.Operation);
        var batch = identities.Begin(user.Key);
        if (portion.Length > 0)
        {
            var ids = portion.Select(account => account.AccountId).ToHashSet();
            user = AccountChanges.Write(batch, user, snapshot.Devices, -portion.Length);
            AccountChanges.EndSignIns(batch, snapshot.AuthenticationRequests, (_, accountId) => ids.Contains(accountId), now);
            foreach (var account in portion)
            {
                AccountChanges.Remove(batch, account.Id);
            }

            batch.Create(Entry(operation, portion, now));
        }

        operation = operation.Removed(
            portion.GroupBy(account => account.ApplicationId.ToString()).ToDictionary(application => application.Key, application => application.Count()),
            areAll,
            now);
        batch.Replace(operation);
        if (areAll)
        {
            batch.Create(operation.Key.Entry(now, Actor, AuditActions.OperationFinished, operation.OperationId) with { OperationId = operation.OperationId });
        }

        var result = await batch.CommitAsync(cancellationToken);
        if (result == BatchResult.Committed)
        {
            portions.Operation = operation with { ETag = batch.ETagOf(operation.Id) };
            portions.User = portion.Length > 0 ? user with { ETag = batch.ETagOf(user.Id) } : user;
            snapshot.AuthenticationRequests.RemoveAll(request => portion.Any(account => account.AccountId == request.AccountId));
        }

        return result;
    }

    private static AuditDocument Entry(OperationDocument operation, FoundAccount[] portion, DateTimeOffset now)
    {
        var names = string.Join("; ", portion.Select(account => $"{account.ApplicationName.ToString().Shown()}: {account.AccountName.ToString().Shown()}"));
        return operation.Key.Entry(now, Actor, AuditActions.AccountsRemoved, [.. portion.Select(account => account.AccountId)]) with
        {
            OperationId = operation.OperationId,
            Before = new Dictionary<string, string?> { ["accounts"] = names.Length > MaxListed ? $"{DisplayText.Clean(names, MaxListed)} …" : names },
        };
    }

    /// <summary>An account as it was found; whatever its members hold, it can be removed.</summary>
    private sealed record FoundAccount(string Id, JsonElement ApplicationId, JsonElement ApplicationName, JsonElement AccountName)
    {
        public string AccountId => Id[AccountDocument.IdOf("").Length..];
    }

    /// <summary>What was read, and what the portions so far made of it.</summary>
    private sealed class Portions(PartitionSnapshot snapshot, UserDocument user, OperationDocument operation)
    {
        public PartitionSnapshot Snapshot => snapshot;

        public UserDocument User { get; set; } = user;

        public OperationDocument Operation { get; set; } = operation;
    }
}
