using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Imports;

/// <summary>Takes a file of people, checks it and says who is in the tenant already; nobody is made yet.</summary>
internal sealed class CheckImport(IdentityStore identities, ImportStore imports, TimeProvider time, ILogger<CheckImport> logger)
{
    private const int MaxSample = 10;

    /// <inheritdoc cref="CheckImport"/>
    /// <param name="context">The request; its body is the file, as text/csv.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="idempotencyKey">The same key is the same file.</param>
    /// <param name="codePage">The Windows code page of a file that is not in UTF-8, such as 1252.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(CheckImport))]
    [Authorize(AdminPolicies.UsersManage)]
    [RequestSizeLimit(ImportLimits.MaxBytes)]
    [ProducesResponseType<ImportDetails>(StatusCodes.Status201Created)]
    [ProducesResponseType<ImportDetails>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "imports")] HttpContext context,
        Administrator administrator,
        IdempotencyKey idempotencyKey,
        [Range(874, 1258, ErrorMessage = "is 874, 932, 936, 949, 950 or 1250 to 1258")] int? codePage,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var importId = RequestIds.For(ImportDocument.KeyOf(administrator.TenantId), administrator.Subject, idempotencyKey.Value, now);
        if (idempotencyKey.Value is not null
            && await imports.ReadAsync(administrator.TenantId, importId, cancellationToken) is { } known)
        {
            return TypedResults.Ok(known.Import.ToDetails(known.Operation));
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, cancellationToken);
        try
        {
            using var file = ImportFile.Open(body, codePage);
            if (AccountColumns.Of(file.Columns).Count > 0 && !administrator.ManagesApplications)
            {
                return ImportAnswers.NoAccounts();
            }

            file.Columns = await AccountColumns.ResolvedAsync(identities, administrator.TenantId, file.Columns, file.Headers, cancellationToken);
            if (await KeepAsync(administrator, importId, file, now, cancellationToken) is { } import)
            {
                return TypedResults.Created($"/api/imports/{importId}", import.ToDetails(operation: null));
            }

            // The same request came twice, and the other one was faster: its rows may be imported by now.
            var faster = await imports.ReadAsync(administrator.TenantId, importId, cancellationToken);
            return faster is null ? Problems.TooManyConflicts() : TypedResults.Ok(faster.Import.ToDetails(faster.Operation));
        }
        catch (ImportFileException exception)
        {
            return Problems.InvalidRequest("file", exception.Message);
        }
    }

    /// <summary>Keeps the rows and the import; null when there is an import of this id already.</summary>
    private async Task<ImportDocument?> KeepAsync(
        Administrator administrator, string importId, ImportFile file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (rows, valid, existing, sameExternalId) = (0, 0, 0, 0);
        var faults = new List<ImportFault>();
        var notices = new List<ImportFault>();
        var comparison = new DirectoryComparison(identities, administrator.TenantId, time, logger);
        var sample = new List<ImportedRow>();
        var accountColumns = AccountColumns.Of(file.Columns);
        var chunksId = Guid.NewGuid().ToString("N");
        var chunks = await imports.WriteChunksAsync(administrator.TenantId, chunksId, CountedAsync(), cancellationToken);
        var key = ImportDocument.KeyOf(administrator.TenantId);
        var import = new ImportDocument
        {
            Id = ImportDocument.IdOf(importId),
            TenantId = key.TenantId,
            UserId = key.UserId,
            ImportId = importId,
            CreatedAt = now,
            RequestedBy = administrator.Actor(),
            Columns = file.Columns,
            Rows = rows,
            Valid = valid,
            Faults = faults,
            Sample = sample,
            Comparison = new ImportComparison(existing, sameExternalId, notices, comparison.CutAfter),
            Chunks = chunks,
            ChunksId = chunksId,
        };
        return await identities.Begin(key).Create(import).CommitAsync(cancellationToken) == BatchResult.Committed ? import : null;

        async IAsyncEnumerable<ImportRow> CountedAsync()
        {
            await foreach (var row in comparison.RowsAsync(file.RowsAsync(cancellationToken), cancellationToken))
            {
                if (++rows > ImportLimits.MaxRows)
                {
                    throw new ImportFileException($"The file has more than {ImportLimits.MaxRows} rows. Import it in parts.");
                }

                if (row.Fault is { } fault)
                {
                    Keep(faults, row, fault, accountColumns);
                }
                else if (++valid <= MaxSample)
                {
                    sample.Add(new ImportedRow(row.Line, row.GivenName, row.FamilyName, row.Email, row.Mobile, row.ExternalId) { Department = row.Department, Accounts = row.Accounts });
                }

                if (row.Notice is { } notice && Keep(notices, row, notice, accountColumns).Field == ImportColumns.ExternalId)
                {
                    sameExternalId++;
                }
                else if (row.Notice is not null)
                {
                    existing++;
                }

                yield return row;
            }
        }
    }

    private static ImportFault Keep(List<ImportFault> kept, ImportRow row, string text, IReadOnlyList<ImportColumn> accountColumns)
    {
        var (field, reason) = text.Split(": ", 2) is [var name, var what] ? (name, what) : (null, text);
        var fault = row.FaultyAccount is { } account
            ? new ImportFault(row.Line, accountColumns[account].Header, row.Accounts?[account], text[(accountColumns[account].Header.Length + 2)..])
            : new ImportFault(row.Line, field, TextOf(row, field), reason);
        if (kept.Count < ImportLimits.MaxFaults)
        {
            kept.Add(fault);
        }

        return fault;
    }

    private static string? TextOf(ImportRow row, string? field) => field switch
    {
        ImportColumns.GivenName => row.GivenName,
        ImportColumns.FamilyName => row.FamilyName,
        ImportColumns.Email => row.Email,
        ImportColumns.Mobile => row.Mobile,
        ImportColumns.ExternalId => row.ExternalId,
        ImportColumns.UserName => row.UserName ?? row.Email,
        _ => null,
    };
}
