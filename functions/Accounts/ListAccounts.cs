using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Lists further accounts of a user.</summary>
internal sealed class ListAccounts(IdentityStore identities, AccountPages accounts)
{
    private const int MaxPageSize = 500;

    /// <inheritdoc cref="ListAccounts"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="pageSize">How many accounts to answer with: 1 to 500. Default: 100.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListAccounts))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<AccountList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/accounts")] HttpContext context,
        string userId,
        Administrator administrator,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 500")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, AccountDocument.IdOf(""), out var after))
        {
            return Problems.InvalidContinuation();
        }

        var key = new UserKey(administrator.TenantId, userId);
        var page = await accounts.ReadAsync(key, pageSize, after, cancellationToken);
        return page.Accounts.Count > 0 || page.Unreadable > 0 || await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is not null
            ? TypedResults.Ok(page)
            : Problems.NotFound("user");
    }
}
