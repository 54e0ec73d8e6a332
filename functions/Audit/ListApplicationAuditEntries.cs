using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Audit;

/// <summary>Lists what happened to the applications of the tenant, newest first.</summary>
internal sealed class ListApplicationAuditEntries(IdentityStore identities)
{
    /// <inheritdoc cref="ListApplicationAuditEntries"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; applications of other tenants do not exist.</param>
    /// <param name="pageSize">How many entries to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListApplicationAuditEntries))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<AuditEntryList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit/applications")] HttpContext context,
        Administrator administrator,
        [Range(1, AuditPages.MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken) =>
        await identities.ReadAuditAsync(ApplicationDocument.KeyOf(administrator.TenantId), pageSize, continuation, cancellationToken) is { } page
            ? TypedResults.Ok(page)
            : Problems.InvalidContinuation();
}
