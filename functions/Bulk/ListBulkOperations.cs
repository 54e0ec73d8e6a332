using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>The latest bulk operations of the tenant, the newest first.</summary>
internal sealed class ListBulkOperations(IdentityStore identities, IOptions<BulkOptions> options)
{
    private const int Most = 20;

    /// <inheritdoc cref="ListBulkOperations"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListBulkOperations))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<BulkOperationList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bulk-operations")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var own = DepartmentScope.OfCall is null ? "" : " AND c.requestedBy.id = @own";
        var (operations, _) = await identities.FirstPageAsync<BulkDocument>(
            BulkDocument.KeyOf(administrator.TenantId),
            $"SELECT * FROM c WHERE c.type = 'bulkOperation'{own} ORDER BY c.createdAt DESC",
            DepartmentScope.OfCall is { } scope ? [("@own", scope.Subject)] : [],
            Most,
            cancellationToken);
        return TypedResults.Ok(new BulkOperationList([.. operations.Select(operation => operation.ToDetails(options.Value))]));
    }
}
