using System.Globalization;
using System.Runtime.CompilerServices;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Imports;

/// <summary>
/// What became of each row, as CSV (RFC 4180) in UTF-8, with a byte order mark so that spreadsheets read it. The export itself is in the audit before
/// its first byte is sent.
/// </summary>
internal sealed class ExportImport(IdentityStore identities, ImportStore imports, TimeProvider time)
{
    /// <summary>The account columns of the file follow.</summary>
    private static readonly string[] Columns =
        ["line", "givenName", "familyName", "email", "mobile", "externalId", "userName", "result", "reason", "userId", "department"];

    /// <inheritdoc cref="ExportImport"/>
    /// <param name="context">The request.</param>
    /// <param name="importId">The import.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportImport))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "imports/{importId}/result.csv")] HttpContext context,
        string importId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        if (await imports.ReadAsync(administrator.TenantId, importId, cancellationToken) is not { } state)
        {
            return Problems.NotFound("import");
        }

        var entry = state.Import.Key.Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.ImportExported, importId);
        await identities.AuditExportAsync(entry with { OperationId = state.Operation?.OperationId }, cancellationToken);
        return StreamedExport.Of(context, LinesAsync(state.Import, cancellationToken), CsvText.ContentType, "import.csv", time);
    }

    /// <summary>Chunk after chunk, so that memory holds one of them.</summary>
    private async IAsyncEnumerable<string> LinesAsync(ImportDocument import, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var accountColumns = AccountColumns.Of(import.Columns);
        yield return CsvText.ByteOrderMark + CsvText.Line(
            [.. Columns, .. accountColumns.Select(column => column.Header)]);
        for (var number = 0; number < import.Chunks; number++)
        {
            var chunk = await imports.ReadChunkAsync(import, number, cancellationToken)
                ?? throw new InvalidOperationException("Rows of an import are gone before it is.");
            foreach (var row in chunk.Rows)
            {
                yield return Line(row, accountColumns.Count);
            }
        }
    }

    private static string Line(ImportRow row, int accountColumns) => CsvText.Line(
    [
        row.Line.ToString(CultureInfo.InvariantCulture),
        row.GivenName,
        row.FamilyName,
        row.Email,
        row.Mobile,
        row.ExternalId,
        row.UserName,
        row switch
        {
            { CreatedUserId: not null } => "created",
            { IsInvalid: true } => "invalid",
            { Fault: not null } => "skipped",
            _ => "open",
        },
        row.Fault ?? (row.CreatedUserId is null ? row.Notice : null),
        row.CreatedUserId,
        row.Department,
        .. row.Accounts ?? Enumerable.Repeat<string?>(null, accountColumns),
    ]);
}
