using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Overviews;

/// <summary>Lists the tenant's operations, newest first.</summary>
internal sealed class ListOperations(IdentityStore identities, UserNames users, IOptions<ResumeOptions> options, TimeProvider time)
{
    /// <inheritdoc cref="ListOperations"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only operations of the same tenant are found.</param>
    /// <param name="operationId">The id of the operation.</param>
    /// <param name="status">How far it is: notStarted, running, failed, succeeded or withdrawn; underWay is notStarted or running.</param>
    /// <param name="stalled">Whether it is under way and has made no progress for longer than the time after which its work is queued again.</param>
    /// <param name="kind">What it does: removeDevice, unregisterAllDevices, enrollment, removeAccounts or importUsers.</param>
    /// <param name="from">The earliest time that it was asked for; RFC 3339.</param>
    /// <param name="to">The time before which it was asked for; RFC 3339.</param>
    /// <param name="pageSize">How many operations to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListOperations))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<TenantOperationList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operations")] HttpContext context,
        Administrator administrator,
        [StringLength(OperationFilter.MaxId, ErrorMessage = OperationFilter.IdFault)] string? operationId,
        [RegularExpression(OperationFilter.Statuses, ErrorMessage = OperationFilter.StatusFault)] string? status,
        bool? stalled,
        [RegularExpression(OperationFilter.Kinds, ErrorMessage = OperationFilter.KindFault)] string? kind,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        [Range(1, TenantPages.MaxPageSize, ErrorMessage = TenantPages.PageSizeFault)] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!TenantPages.TryDecode(continuation, TenantOperations.Begin, out var after))
        {
            return Problems.InvalidContinuation();
        }

        var now = time.GetUtcNow();
        if (OperationFilter.Read(new OperationQuery(operationId, status, stalled, kind, from, to), options.Value, now, out var fault) is not { } filter)
        {
            return fault!;
        }

        var page = await identities.OperationPageAsync(administrator.TenantId, filter, pageSize ?? TenantPages.DefaultPageSize, after, cancellationToken);
        var named = await users.ReadAsync(administrator.TenantId, page.Documents.Select(operation => operation.UserId), cancellationToken);
        return TypedResults.Ok(new TenantOperationList(
            [
                .. page.Documents.Select(operation => operation.ToTenantOperation(named, options.Value, now)),
            ],
            Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        });
    }
}
