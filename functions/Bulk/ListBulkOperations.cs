using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Bulk;

/// <summary>Lists the bulk operations of the tenant, the newest first.</summary>
internal sealed class ListBulkOperations(IdentityStore identities, IOptions<BulkOptions> options)
{
    private const int DefaultPageSize = 20;

    private const int MaxPageSize = 100;

    /// <inheritdoc cref="ListBulkOperations"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; who is limited to departments finds their own.</param>
    /// <param name="pageSize">How many to answer with: 1 to 100. Default: 20.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListBulkOperations))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<BulkOperationList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bulk-operations")] HttpContext context,
        Administrator administrator,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 100")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeToken(continuation, out var token))
        {
            return Problems.InvalidContinuation();
        }

        var own = DepartmentScope.OfCall is null ? "" : " AND c.requestedBy.id = @own";
        try
        {
            var page = await identities.ContinuedPageAsync<BulkDocument>(
                BulkDocument.KeyOf(administrator.TenantId),
                $"SELECT * FROM c WHERE c.type = 'bulkOperation'{own} ORDER BY c.createdAt DESC",
                DepartmentScope.OfCall is { } scope ? [("@own", scope.Subject)] : [],
                pageSize ?? DefaultPageSize,
                token,
                cancellationToken);
            return TypedResults.Ok(
                new BulkOperationList([.. page.Documents.Select(operation => operation.ToDetails(options.Value))], Continuations.Encode(page.Next))
                {
                    Unreadable = page.Unreadable,
                });
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return Problems.InvalidContinuation();
        }
    }
}
