using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.SignIns;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Overviews;

/// <summary>Lists the tenant's sign-in requests, newest first.</summary>
internal sealed class ListSignIns(IdentityStore identities, UserNames users, TimeProvider time)
{
    /// <inheritdoc cref="ListSignIns"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only requests of the same tenant are found.</param>
    /// <param name="requestId">The id of the request.</param>
    /// <param name="days">How many days back, 1 to 90; not together with from or to. Default: 7.</param>
    /// <param name="from">The earliest time that an application asked; RFC 3339.</param>
    /// <param name="to">The time before which an application asked; RFC 3339.</param>
    /// <param name="status">How it ended at this moment: pending, accepted, denied, expired, superseded, passcode or blokBadge.</param>
    /// <param name="reason">Why it was denied: cancelled, notMe or wrongNumber.</param>
    /// <param name="application">The id of the application that asked.</param>
    /// <param name="method">Push, Passcode or BlokBadge.</param>
    /// <param name="review">Whether it is marked for review: a device accepted it that may have been in other hands.</param>
    /// <param name="pageSize">How many requests to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListSignIns))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<TenantSignInList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sign-ins")] HttpContext context,
        Administrator administrator,
        [StringLength(SignInFilter.MaxId, ErrorMessage = SignInFilter.IdFault)] string? requestId,
        [Range(1, SignInFilter.MaxDays, ErrorMessage = SignInFilter.DaysFault)] int? days,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        [RegularExpression(SignInFilter.Statuses, ErrorMessage = SignInFilter.StatusFault)] string? status,
        [RegularExpression(SignInFilter.Reasons, ErrorMessage = SignInFilter.ReasonFault)] string? reason,
        [StringLength(SignInFilter.MaxApplication, ErrorMessage = SignInFilter.ApplicationFault)] string? application,
        [RegularExpression(SignInFilter.Methods, ErrorMessage = SignInFilter.MethodFault)] string? method,
        bool? review,
        [Range(1, TenantPages.MaxPageSize, ErrorMessage = TenantPages.PageSizeFault)] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!TenantPages.TryDecode(continuation, TenantSignIns.Begin, out var after))
        {
            return Problems.InvalidContinuation();
        }

        var now = time.GetUtcNow();
        var query = new SignInQuery(days, from, to, status, reason, application, method) { RequestId = requestId, Review = review };
        if (SignInFilter.Read(query, now, out var fault) is not { } filter)
        {
            return fault!;
        }

        var page = await identities.SignInPageAsync(administrator.TenantId, filter, pageSize ?? TenantPages.DefaultPageSize, after, cancellationToken);
        var named = await users.ReadAsync(administrator.TenantId, page.Documents.Select(request => request.UserId), cancellationToken);
        return TypedResults.Ok(new TenantSignInList(
            [.. page.Documents.Select(request => new TenantSignIn(request.Key.IsOfTenant ? null : named[request.UserId], request.ToDetails(now)))],
            Continuations.Encode(page.Next))
        {
            Unreadable = page.Unreadable,
        });
    }
}

/// <summary>Pages of a tenant's sign-in requests.</summary>
internal static class TenantSignIns
{
    /// <summary>Begins the id of every request.</summary>
    public static readonly string Begin = AuthenticationRequestDocument.IdOf("");

    public static Task<DocumentPage<AuthenticationRequestDocument>> SignInPageAsync(
        this IdentityStore identities, string tenantId, SignInFilter filter, int pageSize, string? after, CancellationToken cancellationToken) =>
        identities.ReadNewestAsync<AuthenticationRequestDocument>(
            tenantId, filter.Condition, filter.Parameters, "issuedAt", Begin, pageSize, after, cancellationToken);
}
