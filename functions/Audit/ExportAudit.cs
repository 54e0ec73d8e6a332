using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Audit;

/// <summary>
/// Exports what happened in the tenant until now, newest first: as CSV (RFC 4180) in UTF-8 with a header row, or as JSON lines. A cell that a
/// spreadsheet would take for a formula begins with an apostrophe. The export itself is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportAudit(IdentityStore identities, TimeProvider time)
{
    public const string JsonLines = "application/jsonl";

    private const int PageSize = 1_000;

    private const string Lines = "jsonl";

    /// <inheritdoc cref="ExportAudit"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only entries of the same tenant are found.</param>
    /// <param name="from">The earliest time, to the millisecond; RFC 3339.</param>
    /// <param name="to">The time before which it happened, to the millisecond; RFC 3339.</param>
    /// <param name="actor">Who did it: the id, or a part of the name.</param>
    /// <param name="action">What was done, such as device.removed.</param>
    /// <param name="userId">The user it was done to.</param>
    /// <param name="target">One of the ids it was done to, such as that of a device.</param>
    /// <param name="operationId">The operation it belongs to.</param>
    /// <param name="alert">Whether somebody has to look.</param>
    /// <param name="text">A part of the actor's name, the action or the reason, in any case; or the id of a target.</param>
    /// <param name="format">csv or jsonl. Default: what Accept asks for, else csv.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportAudit))]
    [Authorize(AdminPolicies.AuditRead)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType, JsonLines)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/export")] HttpContext context,
        Administrator administrator,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? actor,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? action,
        [RegularExpression(AuditFilter.Users, ErrorMessage = AuditFilter.UserFault)] string? userId,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? target,
        [RegularExpression(AuditFilter.Operations, ErrorMessage = AuditFilter.OperationFault)] string? operationId,
        bool? alert,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? text,
        [RegularExpression("^(csv|jsonl)$", ErrorMessage = "is csv or jsonl")] string? format,
        CancellationToken cancellationToken)
    {
        var query = new AuditQuery(from, to, actor, action, userId, target, operationId, alert, text);
        if (AuditFilter.Read(query, out var fault) is not { } filter)
        {
            return fault!;
        }

        var isLines = format == Lines || (format is null && context.Request.Headers.Accept.ToString().Contains(JsonLines, StringComparison.OrdinalIgnoreCase));
        var entry = AuditEntries.KeyOf(administrator.TenantId).Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.AuditExported);
        var count = await identities.CountAuditAsync(administrator.TenantId, filter, entry.Id, cancellationToken);
        var said = query.Said();
        said["format"] = isLines ? Lines : "csv";
        said["count"] = count.ToString(CultureInfo.InvariantCulture);
        await identities.AuditExportAsync(entry with { After = said }, cancellationToken);
        var lines = LinesAsync(administrator.TenantId, filter, entry.Id, isLines, cancellationToken);
        return isLines
            ? StreamedExport.Of(context, lines, $"{JsonLines}; charset=utf-8", "audit.jsonl", time)
            : StreamedExport.Of(context, lines, CsvText.ContentType, "audit.csv", time);
    }

    private async IAsyncEnumerable<string> LinesAsync(
        string tenantId, AuditFilter filter, string before, bool isLines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return isLines ? "" : AuditCsv.Table.Header;
        var unreadable = 0;
        for (string? next = before; next is not null;)
        {
            var page = await identities.AuditPageAsync(tenantId, filter, PageSize, next, cancellationToken);
            foreach (var entry in page.Documents.Select(AuditPages.Details))
            {
                yield return isLines ? JsonLine(entry) : AuditCsv.Table.Row(entry);
            }

            (next, unreadable) = (page.Next, unreadable + page.Unreadable);
        }

        if (unreadable > 0)
        {
            yield return isLines ? JsonLine(new { unreadable }) : AuditCsv.Table.Note($"Not complete: {unreadable} entries cannot be read.");
        }
    }

    private static string JsonLine(object line) => JsonSerializer.Serialize(line, Json.Documents) + '\n';
}
