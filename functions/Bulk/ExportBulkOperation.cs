using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Bulk;

/// <summary>
/// What became of each user, as CSV (RFC 4180) in UTF-8 with a header row. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe. The export itself is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportBulkOperation(IdentityStore identities, BulkStore store, TimeProvider time)
{
    /// <summary>Portions that memory holds at once.</summary>
    private const int AtOnce = 5;

    /// <inheritdoc cref="ExportBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportBulkOperation))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bulk-operations/{bulkOperationId}/result.csv")] HttpContext context,
        string bulkOperationId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(administrator.TenantId, bulkOperationId, cancellationToken) is not { } operation)
        {
            return Problems.NotFound("bulk operation");
        }

        await identities.AuditExportAsync(
            BulkStore.Entry(operation, time.GetUtcNow(), administrator.Actor(), AuditActions.BulkExported), cancellationToken);
        return StreamedExport.Of(context, LinesAsync(operation, cancellationToken), CsvText.ContentType, "bulk-operation.csv", time);
    }

    private async IAsyncEnumerable<string> LinesAsync(BulkDocument operation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return CsvText.ByteOrderMark + CsvText.Line(
            ["userId", "name", "email", "devices", "accounts", "lockedOut", "administrator", "result", "code", "reason", "at", "operationIds"]);
        for (string? next = BulkPortion.PrefixOf(operation.BulkOperationId); next is not null;)
        {
            var page = await store.PortionsAsync(operation, next, AtOnce, cancellationToken);
            if (page.Unreadable > 0)
            {
                throw new InvalidOperationException("A portion of a bulk operation cannot be read.");
            }

            foreach (var user in page.Documents.SelectMany(portion => portion.Users))
            {
                yield return Line(user);
            }

            next = page.Next;
        }
    }

    private static string Line(BulkUser user) => CsvText.Line(
    [
        user.UserId,
        user.Name.Shown(),
        user.Email.Shown(),
        user.Devices.ToString(CultureInfo.InvariantCulture),
        user.Accounts.ToString(CultureInfo.InvariantCulture),
        user.IsLockedOut ? "true" : "false",
        user.IsAdministrator ? "true" : "false",
        JsonNamingPolicy.CamelCase.ConvertName(user.Result.ToString()),
        user.Code,
        user.Detail,
        user.At?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        string.Join(' ', user.OperationIds),
    ]);
}
