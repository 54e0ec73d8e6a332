using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Imports;

/// <summary>What became of each row, as CSV (RFC 4180) in UTF-8, with a byte order mark so that spreadsheets read it.</summary>
internal sealed class ExportImport(ImportStore imports)
{
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
        CancellationToken cancellationToken) =>
        await imports.ReadAsync(administrator.TenantId, importId, cancellationToken) is { } state
            ? TypedResults.Stream(body => WriteAsync(context, body, state.Import, cancellationToken), CsvText.ContentType, "import.csv")
            : Problems.NotFound("import");

    /// <summary>Chunk after chunk, so that memory holds one of them. When one cannot be read the connection is cut: a part must not look like the whole.</summary>
    private async Task WriteAsync(HttpContext context, Stream body, ImportDocument import, CancellationToken cancellationToken)
    {
        var isWhole = false;
        try
        {
            await using var writer = new StreamWriter(body, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true);
            await writer.WriteAsync(
                CsvText.Line(["line", "givenName", "familyName", "email", "mobile", "externalId", "userName", "result", "reason", "userId"]).AsMemory(),
                cancellationToken);
            for (var number = 0; number < import.Chunks; number++)
            {
                var chunk = await imports.ReadChunkAsync(import, number, cancellationToken)
                    ?? throw new InvalidOperationException("Rows of an import are gone before it is.");
                foreach (var row in chunk.Rows)
                {
                    await writer.WriteAsync(Line(row).AsMemory(), cancellationToken);
                }
            }

            isWhole = true;
        }
        finally
        {
            if (!isWhole)
            {
                context.Abort();
            }
        }
    }

    private static string Line(ImportRow row) => CsvText.Line(
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
    ]);
}
