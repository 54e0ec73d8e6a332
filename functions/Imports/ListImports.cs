using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Imports;

/// <summary>The latest imports of the tenant, the newest first.</summary>
internal sealed class ListImports(IdentityStore identities)
{
    private const int Most = 20;

    /// <inheritdoc cref="ListImports"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListImports))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<ImportList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "imports")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = ImportDocument.KeyOf(administrator.TenantId);
        var (imports, _) = await identities.FirstPageAsync<ImportDocument>(
            key, "SELECT * FROM c WHERE c.type = 'import' ORDER BY c.createdAt DESC", [], Most, cancellationToken);
        if (imports.Count == 0)
        {
            return TypedResults.Ok(new ImportList([]));
        }

        var operations = await identities.QueryAsync(key, [.. imports.Select(import => OperationDocument.IdOf(import.ImportId))], cancellationToken);
        return TypedResults.Ok(new ImportList([.. imports.Select(import => import.ToDetails(operations.Operation(import.ImportId)))]));
    }
}
