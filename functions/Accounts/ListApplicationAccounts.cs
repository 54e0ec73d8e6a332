using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Accounts;

/// <summary>Lists the accounts in an application, of all users.</summary>
internal sealed class ListApplicationAccounts(IdentityStore identities)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <inheritdoc cref="ListApplicationAccounts"/>
    /// <param name="context">The request.</param>
    /// <param name="applicationId">The application, registered or not.</param>
    /// <param name="administrator">Who asks; only accounts of the same tenant are found.</param>
    /// <param name="pageSize">How many accounts to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListApplicationAccounts))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<ApplicationAccountList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "applications/{applicationId}/accounts")] HttpContext context,
        string applicationId,
        Administrator administrator,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeToken(continuation, out var token))
        {
            return Problems.InvalidContinuation();
        }

        try
        {
            var page = await identities.TenantPageAsync<AccountDocument>(
                administrator.TenantId,
                "SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'account' AND c.applicationId = @application ORDER BY c.accountName",
                [("@application", applicationId)],
                pageSize ?? DefaultPageSize,
                token,
                cancellationToken);
            return TypedResults.Ok(new ApplicationAccountList([.. page.Documents.Select(Details)], Continuations.Encode(page.Next))
            {
                Unreadable = page.Unreadable,
            });
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return Problems.InvalidContinuation();
        }
    }

    private static ApplicationAccount Details(AccountDocument account) => new(account.UserId, account.AccountId, account.AccountName.Shown());
}
