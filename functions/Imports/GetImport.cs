using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Imports;

/// <summary>A file of people, checked, and how far its import is.</summary>
internal sealed class GetImport(ImportStore imports, UnattendedWork work)
{
    /// <inheritdoc cref="GetImport"/>
    /// <param name="context">The request.</param>
    /// <param name="importId">The import.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetImport))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<ImportDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "imports/{importId}")] HttpContext context,
        string importId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        if (await imports.ReadAsync(administrator.TenantId, importId, cancellationToken) is not { } found)
        {
            return Problems.NotFound("import");
        }

        if (found.Operation is { } operation)
        {
            await work.EnsureAsync(operation);
        }

        return TypedResults.Ok(found.Import.ToDetails(found.Operation));
    }
}
