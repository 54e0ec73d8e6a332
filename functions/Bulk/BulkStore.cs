using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Bulk;

/// <summary>Reads and writes bulk operations, all in one partition of the tenant.</summary>
internal sealed class BulkStore(IdentityStore identities, TimeProvider time)
{
    /// <summary>Reads one; for an administrator who is limited to departments there are only their own.</summary>
    public async Task<BulkDocument?> ReadAsync(string tenantId, string bulkOperationId, CancellationToken cancellationToken)
    {
        var found = await identities.ReadAsync<BulkDocument>(BulkDocument.KeyOf(tenantId), BulkDocument.IdOf(bulkOperationId), cancellationToken);
        return DepartmentScope.OfCall is { } scope && found?.RequestedBy.Id != scope.Subject ? null : found;
    }

    public Task<BulkPortion?> ReadPortionAsync(BulkDocument operation, int number, CancellationToken cancellationToken) =>
        identities.ReadAsync<BulkPortion>(operation.Key, BulkPortion.IdOf(operation.BulkOperationId, number), cancellationToken);

    /// <summary>Portions in their order, from the one after an id.</summary>
    public Task<DocumentPage<BulkPortion>> PortionsAsync(BulkDocument operation, string begin, int most, CancellationToken cancellationToken) =>
        identities.PageAsync<BulkPortion>(
            operation.Key,
            "SELECT * FROM c WHERE c.type = 'bulkPortion' AND c.id > @begin AND c.id < @end ORDER BY c.id",
            [("@begin", begin), ("@end", $"{BulkPortion.PrefixOf(operation.BulkOperationId)}~")],
            most,
            begin,
            cancellationToken);

    /// <summary>Writes down that the next users are begun, unless the operation was paused or stopped, or somebody else drives it by now.</summary>
    public Task<bool> TryBeginAsync(BulkDocument operation, int begun, CancellationToken cancellationToken) => identities.TryPatchAsync(
        operation.Key,
        operation.Id,
        operation.RunsUnchanged,
        [PatchOperation.Set("/progress/begun", begun), PatchOperation.Set("/updatedAt", time.GetUtcNow())],
        cancellationToken);

    /// <summary>Records what became of the users that were begun, also when the operation was paused or stopped meanwhile.</summary>
    /// <returns>The operation from then on; null when somebody else recorded it.</returns>
    public async Task<(BulkDocument Operation, BulkPortion Portion)?> RecordAsync(
        BulkDocument operation, BulkPortion portion, IReadOnlyList<BulkUser> users, CancellationToken cancellationToken)
    {
        var progress = operation.Progress;
        var next = progress.User + users.Count;
        var isThrough = next >= portion.Users.Count;
        var recorded = portion with
        {
            Users = [.. portion.Users.Take(progress.User), .. users, .. portion.Users.Skip(next)],
        };
        var moved = new ProgressState(
            isThrough ? progress.Portion + 1 : progress.Portion,
            isThrough ? 0 : next,
            isThrough ? 0 : next,
            progress.Done + users.Count(user => user.Result == BulkResult.Done),
            progress.Skipped + users.Count(user => user.Result == BulkResult.Skipped),
            progress.Failed + users.Count(user => user.Result == BulkResult.Failed),
            progress.Devices + (operation.Kind == BulkKind.RemoveDevices ? users.Sum(user => user.OperationIds.Count) : 0));
        var batch = identities.Begin(operation.Key)
            .Replace(recorded)
            .Patch(
                operation.Id,
                progress.Unchanged,
                PatchOperation.Set("/progress", moved),
                PatchOperation.Set("/updatedAt", time.GetUtcNow()),
                PatchOperation.Set("/resumes", 0));
        return await batch.CommitAsync(cancellationToken) == BatchResult.Conflict
            ? null
            : (operation with { Progress = moved }, recorded with { ETag = batch.ETagOf(portion.Id) });
    }

    /// <summary>Every user had a turn. Changes nothing when it is paused, stopped or finished.</summary>
    public Task FinishAsync(BulkDocument operation, AuditActor actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return identities.Begin(operation.Key)
            .Patch(
                operation.Id,
                operation.RunsUnchanged,
                PatchOperation.Set("/status", BulkState.Succeeded),
                PatchOperation.Set("/finishedAt", now),
                PatchOperation.Set("/updatedAt", now))
            .Create(Entry(operation, now, actor, AuditActions.BulkFinished) with
            {
                Reason = operation.Reason,
                After = Said(
                    ("kind", Word(operation.Kind)),
                    ("done", Number(operation.Progress.Done)),
                    ("skipped", Number(operation.Progress.Skipped)),
                    ("failed", Number(operation.Progress.Failed))),
            })
            .CommitAsync(cancellationToken);
    }

    /// <summary>An entry about the operation, in its own partition.</summary>
    public static AuditDocument Entry(BulkDocument operation, DateTimeOffset now, AuditActor actor, string action) =>
        operation.Key.Entry(now, actor, action, operation.BulkOperationId) with { OperationId = operation.BulkOperationId };

    /// <summary>What a plan touches, for the auditor.</summary>
    public static Dictionary<string, string?> Said(BulkDocument operation) => Said(
        ("kind", Word(operation.Kind)),
        ("users", Number(operation.Plan.Users)),
        ("devices", Number(operation.Plan.Devices)),
        ("lockedOut", Number(operation.Plan.LockedOut)),
        ("administrators", Number(operation.Plan.AdministratorCount)),
        ("filter", operation.Filter is { } filter ? System.Text.Json.JsonSerializer.Serialize(filter, Json.Documents) : null));

    private static Dictionary<string, string?> Said(params IEnumerable<(string Name, string? Value)> members) =>
        members.Where(member => member.Value is not null).ToDictionary(member => member.Name, member => member.Value);

    private static string Word(BulkKind kind) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString());

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
