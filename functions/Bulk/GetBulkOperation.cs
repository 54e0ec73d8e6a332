using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>A bulk operation: its plan, and how far it is.</summary>
internal sealed class GetBulkOperation(BulkStore store, IOptions<BulkOptions> options)
{
    /// <inheritdoc cref="GetBulkOperation"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetBulkOperation))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<BulkOperationDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bulk-operations/{bulkOperationId}")] HttpContext context,
        string bulkOperationId,
        Administrator administrator,
        CancellationToken cancellationToken) =>
        await store.ReadAsync(administrator.TenantId, bulkOperationId, cancellationToken) is { } operation
            ? TypedResults.Ok(operation.ToDetails(options.Value))
            : Problems.NotFound("bulk operation");
}
