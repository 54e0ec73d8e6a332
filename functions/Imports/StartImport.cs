using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Imports;

/// <summary>Carries an import out: the rows that can be imported become users, each once. Asked for again, it is the same import.</summary>
internal sealed class StartImport(IdentityStore identities, ImportStore imports, OperationDispatch dispatch, UnattendedWork work, TimeProvider time)
{
    /// <inheritdoc cref="StartImport"/>
    /// <param name="context">The request.</param>
    /// <param name="importId">The import.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(StartImport))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<ImportDetails>(StatusCodes.Status202Accepted)]
    [ProducesResponseType<ImportDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound, ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "imports/{importId}/start")] HttpContext context,
        string importId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = ImportDocument.KeyOf(administrator.TenantId);
        var isRefused = false;
        var result = await identities.UpdateAsync(
            key, stop => imports.ReadAsync(administrator.TenantId, importId, stop), Decide, cancellationToken);
        if (isRefused)
        {
            return ImportAnswers.NoAccounts();
        }

        if (result.Value is not { Operation: { } operation } state)
        {
            return result.Status == UpdateStatus.Contended ? Problems.TooManyConflicts() : result.Value is null
                ? Problems.NotFound("import")
                : Problems.Of(ProblemCodes.Conflict, "No row of this file can be imported. Nothing was changed.");
        }

        if (result.IsWritten)
        {
            await dispatch.TryAsync(operation, operation.DispatchedAt is null ? null : OperationDispatch.MarkOf(operation.UpdatedAt));
        }
        else
        {
            await work.AgainAsync(operation);
        }

        var details = state.Import.ToDetails(operation);
        return operation.HasEnded() ? TypedResults.Ok(details) : TypedResults.Accepted($"/api/imports/{importId}", details);

        ImportState? Decide(ImportState? found, UpdateAttempt attempt)
        {
            isRefused = found is not null && AccountColumns.Of(found.Import.Columns).Count > 0 && !administrator.ManagesApplications;
            if (isRefused || found is null || (found.Operation is null && found.Import.Valid == 0))
            {
                return found;
            }

            var now = time.GetUtcNow();
            if (found.Operation is { } known)
            {
                if (known.Restart(now) is not { } restarted)
                {
                    return found;
                }

                attempt.Batch.Replace(restarted).Create(key.Entry(now, administrator.Actor(), AuditActions.OperationRestarted, importId));
                return found with { Operation = restarted };
            }

            var started = Operation(found.Import, administrator, now);
            attempt.Batch.Create(started).Create(key.Entry(now, administrator.Actor(), AuditActions.ImportStarted, importId) with
            {
                OperationId = importId,
                After = new Dictionary<string, string?> { ["rows"] = found.Import.Valid.ToString(System.Globalization.CultureInfo.InvariantCulture) },
            });
            return found with { Operation = started };
        }
    }

    private static OperationDocument Operation(ImportDocument import, Administrator administrator, DateTimeOffset now) => new()
    {
        Id = OperationDocument.IdOf(import.ImportId),
        TenantId = import.TenantId,
        UserId = import.UserId,
        OperationId = import.ImportId,
        Kind = OperationKind.ImportUsers,
        Status = OperationStatus.NotStarted,
        RequestedBy = administrator.Name,
        RequestedAt = now,
        UpdatedAt = now,
        Fingerprint = import.ImportId,
        Epoch = 0,
        Steps = [OperationLifecycle.Waiting(OperationStepName.ImportUsers, import.Rows, now)],
        DeviceIds = [],
        TraceParent = System.Diagnostics.Activity.Current?.Id,
    };
}
