using System.ComponentModel.DataAnnotations;
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

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Exports a piece of the tenant's chain as JSON lines for <c>bloksec-verify audit</c>: the blocks that were sealed in a time and those up to the next
/// signed root, each with its entries as they are stored, and the roots. The export is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportAuditEvidence(IdentityStore identities, PublicAddress address, TimeProvider time)
{
    private const string InTime = "c.type = 'auditBlock' AND c.sealedAt >= @from AND c.sealedAt < @to";

    /// <inheritdoc cref="ExportAuditEvidence"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; there is only the chain of the same tenant.</param>
    /// <param name="from">The earliest time that a block was sealed; RFC 3339. Default: the beginning.</param>
    /// <param name="to">The time before which it was sealed; RFC 3339. Default: now.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportAuditEvidence))]
    [Authorize(AdminPolicies.AuditRead)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, ExportAudit.JsonLines)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/evidence")] HttpContext context,
        Administrator administrator,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        CancellationToken cancellationToken)
    {
        if (QueryTimes.FaultOf(from, to, out var begin, out var end) is { } fault)
        {
            return fault;
        }

        var key = AuditEntries.KeyOf(administrator.TenantId);
        var (first, last) = await RangeAsync(key, begin ?? DateTimeOffset.MinValue, end ?? time.GetUtcNow(), cancellationToken);
        var said = new Dictionary<string, string?>
        {
            ["format"] = "evidence",
            ["from"] = from,
            ["to"] = to,
            ["blocks"] = string.Create(CultureInfo.InvariantCulture, $"{first} to {last}"),
        };
        var entry = key.Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.AuditExported) with { After = said };
        await identities.AuditExportAsync(entry, cancellationToken);
        return StreamedExport.Of(
            context, LinesAsync(key, first, last, cancellationToken), $"{ExportAudit.JsonLines}; charset=utf-8", "audit-evidence.jsonl", time);
    }

    /// <summary>
    /// The blocks of a time, up to the one that the next root is about; 1 and 0 when there are none. The entries of the last block of all may not
    /// have its number yet: it is left out until they have.
    /// </summary>
    private async Task<(long First, long Last)> RangeAsync(UserKey key, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var chain = await identities.ReadAsync<AuditChainDocument>(key, AuditChainDocument.DocumentId, cancellationToken);
        (string, object)[] times = [("@from", from), ("@to", to)];
        var (first, _) = await identities.FirstPageAsync<long>(key, $"SELECT VALUE c.number FROM c WHERE {InTime} ORDER BY c.id", times, 1, cancellationToken);
        var (last, _) = await identities.FirstPageAsync<long>(key, $"SELECT VALUE c.number FROM c WHERE {InTime} ORDER BY c.id DESC", times, 1, cancellationToken);
        if (first is not [var begin, ..] || last is not [var end, ..])
        {
            return (1, 0);
        }

        var (roots, _) = await identities.FirstPageAsync<long>(
            key,
            "SELECT VALUE c.number FROM c WHERE c.type = 'auditRoot' AND c.id >= @id ORDER BY c.id",
            [("@id", AuditRootDocument.IdOf(end))],
            1,
            cancellationToken);
        var whole = roots is [var root, ..] ? root : end;
        return (begin, chain is { Marked: false } && chain.Number <= whole ? chain.Number - 1 : whole);
    }

    /// <summary>Block after block, so that memory holds one of them. The last line counts them: a part must not look like the whole.</summary>
    private async IAsyncEnumerable<string> LinesAsync(UserKey key, long first, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Line(new { kind = "evidence", version = 1, tenant = key.TenantId, issuer = address.Url, at = time.GetUtcNow(), first, last });
        var (blocks, entries, roots) = (0, 0, 0);
        for (var number = first; number <= last; number++)
        {
            await foreach (var document in identities.StreamAsync<JsonElement>(
                key,
                "SELECT * FROM c WHERE c.id IN (@block, @root) ORDER BY c.id",
                [("@block", AuditBlockDocument.IdOf(number)), ("@root", AuditRootDocument.IdOf(number))],
                cancellationToken))
            {
                if (IdentityStore.IdOf(document) != AuditBlockDocument.IdOf(number))
                {
                    roots++;
                    yield return Line(new { kind = "root", jws = document.GetProperty("jws") });
                    continue;
                }

                blocks++;
                yield return Line(new { kind = "block", block = Stored(document) });
                foreach (var entry in await EntriesAsync(key.TenantId, number, cancellationToken))
                {
                    entries++;
                    yield return Line(new { kind = "entry", block = number, entry = Stored(entry) });
                }
            }
        }

        yield return Line(new { kind = "end", blocks, entries, roots });
    }

    private Task<IReadOnlyList<JsonElement>> EntriesAsync(string tenantId, long number, CancellationToken cancellationToken) =>
        identities.TenantFirstAsync<JsonElement>(
            tenantId,
            "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'audit' AND c.block = @number ORDER BY c.id",
            [("@number", number)],
            2 * AuditBlockDocument.MaxEntries,
            cancellationToken);

    private static string Line(object line) => JsonSerializer.Serialize(line, Json.Documents) + '\n';

    /// <summary>A document without what the database adds.</summary>
    private static Dictionary<string, JsonElement> Stored(JsonElement document) =>
        document.EnumerateObject().Where(member => !member.Name.StartsWith('_')).ToDictionary(member => member.Name, member => member.Value);
}
