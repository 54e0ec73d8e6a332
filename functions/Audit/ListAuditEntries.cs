using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Audit;

/// <summary>Lists what happened to a user, newest first.</summary>
internal sealed class ListAuditEntries(IdentityStore identities)
{
    /// <inheritdoc cref="ListAuditEntries"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="pageSize">How many entries to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListAuditEntries))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<AuditEntryList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/audit")] HttpContext context,
        string userId,
        Administrator administrator,
        [Range(1, AuditPages.MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        if (await identities.ReadAuditAsync(key, pageSize, continuation, cancellationToken) is not { } page)
        {
            return Problems.InvalidContinuation();
        }

        return page is { Entries: [], Unreadable: 0 } && await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is null
            ? Problems.NotFound("user")
            : TypedResults.Ok(page);
    }
}
