using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Bulk;

/// <summary>The users of a bulk operation, and what became of each.</summary>
internal sealed class ListBulkUsers(BulkStore store)
{
    /// <summary>Portions of a page whose users are filtered.</summary>
    private const int Filtered = 10;

    /// <inheritdoc cref="ListBulkUsers"/>
    /// <param name="context">The request.</param>
    /// <param name="bulkOperationId">The bulk operation.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="result">Only those of whom this became: open, done, skipped or failed. Default: all.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListBulkUsers))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<BulkUserList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "bulk-operations/{bulkOperationId}/users")] HttpContext context,
        string bulkOperationId,
        Administrator administrator,
        [RegularExpression("^(open|done|skipped|failed)$", ErrorMessage = "is open, done, skipped or failed")] string? result,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var prefix = BulkPortion.PrefixOf(bulkOperationId);
        if (!Continuations.TryDecodeId(continuation, prefix, out var begin))
        {
            return Problems.InvalidContinuation();
        }

        if (await store.ReadAsync(administrator.TenantId, bulkOperationId, cancellationToken) is not { } operation)
        {
            return Problems.NotFound("bulk operation");
        }

        BulkResult? wanted = result is null ? null : Enum.Parse<BulkResult>(result, ignoreCase: true);
        var page = await store.PortionsAsync(operation, begin ?? prefix, wanted is null ? 1 : Filtered, cancellationToken);
        var users = page.Documents.SelectMany(portion => portion.Users).Where(user => wanted is null || user.Result == wanted);
        return TypedResults.Ok(new BulkUserList([.. users.Select(user => user.ToDetails())], Continuations.Encode(page.Next)));
    }
}
