using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.SignIns;

/// <summary>Lists a user's sign-in requests, newest first.</summary>
internal sealed class ListAuthenticationRequests(IdentityStore identities, SignInPages pages, TimeProvider time)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <inheritdoc cref="ListAuthenticationRequests"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="days">How many days back, 1 to 90; not together with from or to. Default: 7.</param>
    /// <param name="from">The earliest time that an application asked; RFC 3339.</param>
    /// <param name="to">The time before which an application asked; RFC 3339.</param>
    /// <param name="status">How it ended at this moment: pending, accepted, denied, expired, superseded, passcode or blokBadge.</param>
    /// <param name="reason">Why it was denied: cancelled, notMe or wrongNumber.</param>
    /// <param name="application">The id of the application that asked.</param>
    /// <param name="method">Push, Passcode or BlokBadge.</param>
    /// <param name="device">The id of the device that it was pushed to or that answered; together with review=true, of the one that answered.</param>
    /// <param name="review">Whether it is marked for review: a device accepted it that may have been in other hands.</param>
    /// <param name="pageSize">How many requests to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListAuthenticationRequests))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<AuthenticationRequestList>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/authentication-requests")] HttpContext context,
        string userId,
        Administrator administrator,
        [Range(1, SignInFilter.MaxDays, ErrorMessage = SignInFilter.DaysFault)] int? days,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? from,
        [RegularExpression(QueryTimes.Pattern, ErrorMessage = QueryTimes.Fault)] string? to,
        [RegularExpression(SignInFilter.Statuses, ErrorMessage = SignInFilter.StatusFault)] string? status,
        [RegularExpression(SignInFilter.Reasons, ErrorMessage = SignInFilter.ReasonFault)] string? reason,
        [StringLength(SignInFilter.MaxApplication, ErrorMessage = SignInFilter.ApplicationFault)] string? application,
        [RegularExpression(SignInFilter.Methods, ErrorMessage = SignInFilter.MethodFault)] string? method,
        [StringLength(SignInFilter.MaxDevice, ErrorMessage = SignInFilter.DeviceFault)] string? device,
        bool? review,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        if (!SignInPages.TryDecode(continuation, out var after))
        {
            return Problems.InvalidContinuation();
        }

        var now = time.GetUtcNow();
        if (SignInFilter.Read(new SignInQuery(days, from, to, status, reason, application, method) { Device = device, Review = review }, now, out var fault) is not { } filter)
        {
            return fault!;
        }

        var key = new UserKey(administrator.TenantId, userId);
        var page = await pages.ReadAsync(key, filter, pageSize ?? DefaultPageSize, after, cancellationToken);
        return page is { Documents: [], Unreadable: 0 } && await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is null
            ? Problems.NotFound("user")
            : TypedResults.Ok(new AuthenticationRequestList([.. page.Documents.Select(request => request.ToDetails(now))], Continuations.Encode(page.Next))
            {
                Unreadable = page.Unreadable,
            });
    }
}
