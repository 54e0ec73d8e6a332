using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Policies;

/// <summary>Lists what second administrators were asked to agree to, newest first.</summary>
internal sealed class ListApprovals(IdentityStore identities, TimeProvider time)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 100;

    /// <inheritdoc cref="ListApprovals"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only requests of the same tenant are found.</param>
    /// <param name="pageSize">How many to answer with: 1 to 100. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListApprovals))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<ApprovalList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "approvals")] HttpContext context,
        Administrator administrator,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 100")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeToken(continuation, out var token))
        {
            return Problems.InvalidContinuation();
        }

        try
        {
            var page = await identities.TenantPageAsync<ApprovalDocument>(
                administrator.TenantId,
                "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'approval' ORDER BY c.requestedAt DESC",
                [],
                pageSize ?? DefaultPageSize,
                token,
                cancellationToken);
            var now = time.GetUtcNow();
            var visible = await identities.VisibleAsync(administrator.TenantId, page.Documents, cancellationToken);
            return TypedResults.Ok(new ApprovalList(
                [.. visible.Select(approval => approval.ToDetails(administrator, now))], Continuations.Encode(page.Next)));
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return Problems.InvalidContinuation();
        }
    }
}
