using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Overviews;

/// <summary>
/// Exports the tenant's operations, newest first, as CSV (RFC 4180) in UTF-8 with a header row. A cell that a spreadsheet would take for a formula
/// begins with an apostrophe. The export is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportOperations(IdentityStore identities, UserNames users, IOptions<ResumeOptions> options, TimeProvider time)
{
    private static readonly CsvTable<TenantOperation> Table = new(
        ("userId", one => one.User?.UserId),
        ("userName", one => one.User?.Name),
        ("kind", one => CsvCells.Name<OperationKind>(one.Operation.Kind)),
        ("status", one => CsvCells.Name<OperationStatus>(one.Operation.Status)),
        ("stalled", one => one.IsStalled ? "true" : "false"),
        ("requestedAt", one => CsvCells.Text(one.Operation.RequestedAt)),
        ("requestedBy", one => one.Operation.RequestedBy),
        ("reason", one => one.Operation.Reason),
        ("devices", one => CsvCells.Text(one.Operation.DeviceIds.Count)),
        ("dispatchedAt", one => CsvCells.Text(one.Operation.DispatchedAt)),
        ("heldUntil", one => CsvCells.Text(one.Operation.HeldUntil)),
        ("withdrawnBy", one => one.Operation.WithdrawnBy),
        ("finishedAt", one => CsvCells.Text(one.Operation.FinishedAt)),
        ("failedStep", one => CsvCells.Name(Failed(one)?.Name)),
        ("failure", one => Failed(one)?.Detail),
        ("bulkOperationId", one => one.Operation.BulkOperationId),
        ("operationId", one => one.Operation.OperationId));

    /// <inheritdoc cref="ExportOperations"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only operations of the same tenant are found.</param>
    /// <param name="operationId">The id of the operation.</param>
    /// <param name="status">How far it is: notStarted, running, failed, succeeded or withdrawn; underWay is notStarted or running.</param>
    /// <param name="stalled">Whether it is under way and has made no progress for longer than the time after which its work is queued again.</param>
    /// <param name="kind">What it does: removeDevice, unregisterAllDevices, enrollment, removeAccounts or importUsers.</param>
    /// <param name="from">The earliest time that it was asked for; RFC 3339.</param>
    /// <param name="to">The time before which it was asked for; RFC 3339.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportOperations))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operations.csv")] HttpContext context,
        Administrator administrator,
        [StringLength(OperationFilter.MaxId, ErrorMessage = OperationFilter.IdFault)] string? operationId,
        [RegularExpression(OperationFilter.Statuses, ErrorMessage = OperationFilter.StatusFault)] string? status,
        bool? stalled,
        [RegularExpression(OperationFilter.Kinds, ErrorMessage = OperationFilter.KindFault)] string? kind,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var query = new OperationQuery(operationId, status, stalled, kind, from, to);
        if (OperationFilter.Read(query, options.Value, now, out var fault) is not { } filter)
        {
            return fault!;
        }

        var first = await ReadAsync(administrator.TenantId, filter, after: null, cancellationToken);
        await identities.AuditExportAsync(administrator, AuditActions.OperationsExported, query.Said(), now, cancellationToken);
        var lines = Table.LinesAsync(
            first,
            read => (read.Page.Documents.Select(operation => operation.ToTenantOperation(read.Users, options.Value, now)), read.Page.Unreadable, read.Page.Next),
            (next, stop) => ReadAsync(administrator.TenantId, filter, next, stop),
            unreadable => $"Not complete: {unreadable} operations cannot be read.",
            cancellationToken);
        return StreamedExport.Of(context, lines, CsvText.ContentType, "operations.csv", time);
    }

    private static OperationStepDetails? Failed(TenantOperation one) => one.Operation.Steps.FirstOrDefault(step => step.Status == OperationStatus.Failed);

    private async Task<(DocumentPage<OperationDocument> Page, NamedUsers Users)> ReadAsync(
        string tenantId, OperationFilter filter, string? after, CancellationToken cancellationToken)
    {
        var page = await identities.OperationPageAsync(tenantId, filter, UserNames.Most, after, cancellationToken);
        return (page, await users.ReadAsync(tenantId, page.Documents.Select(operation => operation.UserId), cancellationToken));
    }
}
