using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Applications;

/// <summary>Lists the applications of the tenant.</summary>
internal sealed class ListApplications(IdentityStore identities)
{
    private const int DefaultPageSize = 100;

    private const int MaxPageSize = 200;

    private const int MaxSearch = 100;

    /// <inheritdoc cref="ListApplications"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; applications of other tenants do not exist.</param>
    /// <param name="search">A part of the name, in any case.</param>
    /// <param name="pageSize">How many applications to answer with: 1 to 200. Default: 100.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListApplications))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<ApplicationList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "applications")] HttpContext context,
        Administrator administrator,
        [StringLength(MaxSearch, ErrorMessage = "is at most 100 characters")] string? search,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var begin = ApplicationDocument.IdOf("");
        if (!Continuations.TryDecodeId(continuation, begin, out var after))
        {
            return Problems.InvalidContinuation();
        }

        var name = search?.Trim() ?? "";
        var page = await identities.PageAsync<ApplicationDocument>(
            ApplicationDocument.KeyOf(administrator.TenantId),
            $"SELECT * FROM c WHERE c.type = 'application'{(name.Length == 0 ? "" : " AND CONTAINS(c.name, @search, true)")} AND c.id > @after ORDER BY c.id",
            [("@search", name), ("@after", after ?? begin)],
            pageSize ?? DefaultPageSize,
            after ?? begin,
            cancellationToken);
        return TypedResults.Ok(new ApplicationList([.. page.Documents.Select(application => application.ToDetails())], Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        });
    }
}
