using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Policies;
using BlokSec.Functions.Telemetry;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Imports;

/// <summary>
/// Makes users of the rows of a file, a chunk at a time. What became of a chunk is recorded in one transaction with how far the work is; a chunk
/// that is worked on twice, because that was lost, finds its own users again: each row has an idempotency key.
/// </summary>
internal sealed class ImportUsers(
    IdentityStore identities,
    ImportStore imports,
    UserDirectory directory,
    CurrentPolicies policies,
    QueueSender queues,
    OperationProgress progress,
    TimeProvider time)
    : IQueueFunction<UserImportMessage>
{
    /// <summary>Chunks that one message works on, so that no message outlives its lock.</summary>
    private const int ChunksPerMessage = 10;

    /// <summary>Rows that are worked on at the same time.</summary>
    private const int AtOnce = 8;

    private const OperationStepName Step = OperationStepName.ImportUsers;

    private static readonly AuditActor Actor = AuditActor.System(nameof(ImportUsers));

    [Function(nameof(ImportUsers))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.UserImports, Connection = QueueOptions.Section)] UserImportMessage message, CancellationToken cancellationToken)
    {
        for (var chunk = 0; chunk < ChunksPerMessage; chunk++)
        {
            if (message.UserId != ImportDocument.KeyOf(message.TenantId).UserId
                || await imports.ReadAsync(message.TenantId, message.OperationId, cancellationToken) is not { Operation: { } operation } state)
            {
                return new Outcome.Reject("There is no such import.");
            }

            if (!operation.IsOpen(Step))
            {
                return Outcome.Done.Instance;
            }

            operation.EnsureWritable();
            state.Import.EnsureWritable();
            if ((await policies.OfAsync(message.TenantId, cancellationToken)).Scopes?.Any(scope => scope.Subject == state.Import.RequestedBy.Id) == true)
            {
                return new Outcome.Reject("Whoever brought this file was limited to departments since. What is imported already stays.");
            }

            if (await CarryOutAsync(state.Import, operation, cancellationToken) is { } ended)
            {
                return ended;
            }
        }

        var next = message with { Part = message.Part + 1, Attempt = 0, Failures = 0, FailingSince = null };
        await queues.SendAsync(Queues.UserImports, next, due: null, cancellationToken);
        return Outcome.Done.Instance;
    }

    public Task GiveUpAsync(UserImportMessage message, string reason, CancellationToken cancellationToken) =>
        progress.FailAsync(message, Step, reason, cancellationToken);

    /// <summary>Works on the next chunk; null when there may be more to do.</summary>
    private async Task<Outcome?> CarryOutAsync(ImportDocument import, OperationDocument operation, CancellationToken cancellationToken)
    {
        if (await imports.ReadChunkAsync(import, import.NextChunk, cancellationToken) is not { } chunk)
        {
            return new Outcome.Reject("The rows of this import are gone: they are kept for 30 days.");
        }

        var rows = new ImportRow[chunk.Rows.Count];
        await Parallel.ForEachAsync(
            chunk.Rows.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (row, stop) => rows[row.Index] = await CreateAsync(import, row.Item, stop));

        var now = time.GetUtcNow();
        var isLast = import.NextChunk + 1 >= import.Chunks;
        var completed = isLast ? operation.Complete(Step, now) : null;
        var batch = identities.Begin(import.Key)
            .Replace(chunk with { Rows = rows })
            .Replace(import with
            {
                NextChunk = import.NextChunk + 1,
                Created = import.Created + rows.Count(row => row.CreatedUserId is not null),
                Skipped = import.Skipped + rows.Count(row => row is { Fault: not null, IsInvalid: false }),
            })
            .Replace(completed?.Operation ?? operation.Progress(Step, rows.Length, now)!);
        if (isLast)
        {
            batch.Create(import.Key.Entry(now, Actor, AuditActions.OperationFinished, import.ImportId) with { OperationId = import.ImportId });
        }

        if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict || !isLast)
        {
            return null;
        }

        Measures.Operation(operation.Kind, "succeeded");
        return Outcome.Done.Instance;
    }

    private async Task<ImportRow> CreateAsync(ImportDocument import, ImportRow row, CancellationToken cancellationToken)
    {
        if (row.IsInvalid || row.CreatedUserId is not null)
        {
            return row;
        }

        var columns = AccountColumns.Of(import.Columns);
        var accounts = (row.Accounts ?? []).Index().Where(account => account.Item is not null).ToArray();
        var person = new NewUser(row.GivenName, row.FamilyName, row.Email, row.Mobile)
        {
            ExternalId = row.ExternalId,
            UserName = row.UserName,
            Department = row.Department,
            Accounts = [.. accounts.Select(account => new NewAccount(columns[account.Index].ApplicationId!, account.Item!))],
        };
        var answer = await directory.CreateAsync(
            import.TenantId,
            person,
            import.RequestedBy,
            AuditActions.UserImported,
            string.Create(CultureInfo.InvariantCulture, $"{import.ImportId}:{row.Line}"),
            extend: null,
            cancellationToken);
        return answer switch
        {
            { Fault: UserFault.None, User: { } user } => row with { Fault = null, FaultyAccount = null, CreatedUserId = user.UserId },
            { Fault: UserFault.EmailInUse } => row with { Fault = "email: another user has this address", FaultyAccount = null },
            { Fault: UserFault.UserNameInUse } => row with { Fault = "userName: another user has this user name", FaultyAccount = null },
            { Fault: UserFault.NoSuchApplication } => OfAccount("the application is not in this tenant any more"),
            { Fault: UserFault.ApplicationDisabled } => OfAccount("the application is disabled"),
            { Fault: UserFault.AccountInUse } => OfAccount("another user has an account of this name in the application"),
            { Fault: var fault } => throw new TimeoutException($"Line {row.Line} could not be imported: {fault}."),
        };

        ImportRow OfAccount(string fault) => row.Faulty(columns, accounts[answer.FaultyAccount].Index, fault);
    }
}
