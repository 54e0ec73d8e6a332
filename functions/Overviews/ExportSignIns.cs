using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.SignIns;
using BlokSec.Functions.Users;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Overviews;

/// <summary>
/// Exports the tenant's sign-in requests, newest first, as CSV (RFC 4180) in UTF-8 with a header row. A cell that a spreadsheet would take for a
/// formula begins with an apostrophe. The export itself is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportSignIns(IdentityStore identities, UserNames users, TimeProvider time)
{
    /// <inheritdoc cref="ExportSignIns"/>
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
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportSignIns))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sign-ins.csv")] HttpContext context,
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
        CancellationToken cancellationToken)
    {
        var query = new SignInQuery(days, from, to, status, reason, application, method) { RequestId = requestId, Review = review };
        if (SignInFilter.Read(query, time.GetUtcNow(), out var fault) is not { } filter)
        {
            return fault!;
        }

        await identities.AuditExportAsync(administrator, AuditActions.SignInsExported, query.Said(), time.GetUtcNow(), cancellationToken);
        var first = await ReadAsync(administrator.TenantId, filter, after: null, cancellationToken);
        var lines = SignInCsv.TenantTable.LinesAsync(
            first,
            read => (read.Page.Documents.Select(request => Row(request, read.Users)), read.Page.Unreadable, read.Page.Next),
            (next, stop) => ReadAsync(administrator.TenantId, filter, next, stop),
            SignInCsv.Unreadable,
            cancellationToken);
        return StreamedExport.Of(context, lines, CsvText.ContentType, "sign-ins.csv", time);

        (UserReference?, AuthenticationRequestRecord) Row(AuthenticationRequestDocument request, NamedUsers named) =>
            (request.Key.IsOfTenant ? null : named[request.UserId], request.ToRecord(devices: null, time.GetUtcNow()));
    }

    private async Task<(DocumentPage<AuthenticationRequestDocument> Page, NamedUsers Users)> ReadAsync(
        string tenantId, SignInFilter filter, string? after, CancellationToken cancellationToken)
    {
        var page = await identities.SignInPageAsync(tenantId, filter, UserNames.Most, after, cancellationToken);
        return (page, await users.ReadAsync(tenantId, page.Documents.Select(request => request.UserId), cancellationToken));
    }
}
