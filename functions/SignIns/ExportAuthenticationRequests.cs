using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.SignIns;

/// <summary>
/// Exports a user's sign-in requests, newest first, as CSV (RFC 4180) in UTF-8 with a header row. At most 5,000: the last row says when there are
/// more. A cell that a spreadsheet would take for a formula begins with an apostrophe. The export itself is in the user's audit before its first byte
/// is sent.
/// </summary>
internal sealed class ExportAuthenticationRequests(IdentityStore identities, SignInPages pages, TimeProvider time)
{
    private const int PageSize = 1_000;

    /// <inheritdoc cref="ExportAuthenticationRequests"/>
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
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportAuthenticationRequests))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}/authentication-requests.csv")] HttpContext context,
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
        CancellationToken cancellationToken)
    {
        var query = new SignInQuery(days, from, to, status, reason, application, method) { Device = device, Review = review };
        if (SignInFilter.Read(query, time.GetUtcNow(), out var fault) is not { } filter)
        {
            return fault!;
        }

        var key = new UserKey(administrator.TenantId, userId);
        var first = await ReadAsync(key, filter, rows: 0, after: null, cancellationToken);
        if (first is { Documents: [], Unreadable: 0 } && await identities.ReadAsync<UserDocument>(key, UserDocument.DocumentId, cancellationToken) is null)
        {
            return Problems.NotFound("user");
        }

        var entry = key.Entry(time.GetUtcNow(), administrator.Actor(), AuditActions.SignInsExported);
        await identities.AuditExportAsync(entry with { After = query.Said() }, cancellationToken);
        return StreamedExport.Of(context, LinesAsync(key, filter, first, cancellationToken), CsvText.ContentType, "authentication-requests.csv", time);
    }

    private Task<DocumentPage<AuthenticationRequestDocument>> ReadAsync(
        UserKey key, SignInFilter filter, int rows, string? after, CancellationToken cancellationToken) =>
        pages.ReadAsync(key, filter, Math.Min(PageSize, AuthenticationRequestExport.MaxRows - rows), after, cancellationToken);

    private async IAsyncEnumerable<string> LinesAsync(
        UserKey key,
        SignInFilter filter,
        DocumentPage<AuthenticationRequestDocument> page,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return SignInCsv.Header;
        for (var (rows, unreadable) = (0, 0); ;)
        {
            foreach (var request in page.Documents)
            {
                yield return SignInCsv.Row(request, time.GetUtcNow());
            }

            rows += page.Documents.Count;
            unreadable += page.Unreadable;
            if (page.Next is null || rows >= AuthenticationRequestExport.MaxRows)
            {
                yield return SignInCsv.End(rows, unreadable, page.Next is not null);
                yield break;
            }

            page = await ReadAsync(key, filter, rows, page.Next, cancellationToken);
        }
    }
}
