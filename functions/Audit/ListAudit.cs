using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Audit;

/// <summary>Lists what happened in the tenant, newest first.</summary>
internal sealed class ListAudit(IdentityStore identities)
{
    /// <inheritdoc cref="ListAudit"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only entries of the same tenant are found.</param>
    /// <param name="from">The earliest time, to the millisecond; RFC 3339.</param>
    /// <param name="to">The time before which it happened, to the millisecond; RFC 3339.</param>
    /// <param name="actor">Who did it: the id, or a part of the name.</param>
    /// <param name="action">What was done, such as device.removed.</param>
    /// <param name="userId">The user it was done to.</param>
    /// <param name="target">One of the ids it was done to, such as that of a device.</param>
    /// <param name="operationId">The operation it belongs to.</param>
    /// <param name="alert">Whether somebody has to look.</param>
    /// <param name="text">A part of the actor's name, the action or the reason, in any case; or the id of a target.</param>
    /// <param name="pageSize">How many entries to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListAudit))]
    [Authorize(AdminPolicies.AuditRead)]
    [ProducesResponseType<AuditEntryList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "audit")] HttpContext context,
        Administrator administrator,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? actor,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? action,
        [RegularExpression(AuditFilter.Users, ErrorMessage = AuditFilter.UserFault)] string? userId,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? target,
        [RegularExpression(AuditFilter.Operations, ErrorMessage = AuditFilter.OperationFault)] string? operationId,
        bool? alert,
        [StringLength(AuditFilter.MaxText, ErrorMessage = AuditFilter.TextFault)] string? text,
        [Range(1, AuditPages.MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (AuditFilter.Read(new AuditQuery(from, to, actor, action, userId, target, operationId, alert, text), out var fault) is not { } filter)
        {
            return fault!;
        }

        return await identities.ReadAuditAsync(administrator.TenantId, filter, pageSize, continuation, cancellationToken) is { } page
            ? TypedResults.Ok(page)
            : Problems.InvalidContinuation();
    }
}
