using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Lists accounts of a user.</summary>
internal sealed class ListAccounts(IdentityStore identities, AccountPages accounts)
{
    private const int MaxPageSize = 500;

    /// <inheritdoc cref="ListAccounts"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="search">Part of the account's or the application's name, in any case.</param>
    /// <param name="application">The id of the application; all applications when left out.</param>
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
        [StringLength(100, ErrorMessage = "is at most 100 characters")] string? search,
        [StringLength(64, ErrorMessage = "is at most 64 characters")] string? application,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 500")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeId(continuation, AccountDocument.IdOf(""), out var after))
        {
            return Problems.InvalidContinuation();
        }

        var key = new UserKey(administrator.TenantId, userId);
        var page = await accounts.PageAsync(key, new AccountFilter(search, application), pageSize, after, cancellationToken);
        var list = new AccountList([.. page.Documents.Select(account => account.ToDetails())], Continuations.Encode(page.Next)) { Unreadable = page.Unreadable };
        return list.Accounts.Count > 0 || list.Unreadable > 0 || await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is not null
            ? TypedResults.Ok(list)
            : Problems.NotFound("user");
    }
}
