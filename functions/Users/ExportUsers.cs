using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>
/// Exports the tenant's users as CSV (RFC 4180) in UTF-8 with a header row. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe. The export is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportUsers(IdentityStore identities, UserPages pages, TimeProvider time)
{
    private const int PageSize = 500;

    private static readonly CsvTable<UserSummary> Table = new(
        ("userId", user => user.UserId),
        ("givenName", user => user.GivenName),
        ("familyName", user => user.FamilyName),
        ("email", user => user.Email),
        ("mobile", user => user.Mobile),
        ("state", user => CsvCells.Name<UserState>(user.State)),
        ("accounts", user => CsvCells.Text(user.AccountCount)),
        ("devices", user => CsvCells.Text(user.DeviceCount)),
        ("createdAt", user => CsvCells.Text(user.CreatedAt)),
        ("lastActiveAt", user => CsvCells.Text(user.LastActiveAt)),
        ("department", user => user.Department));

    /// <inheritdoc cref="ExportUsers"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only users of the same tenant are found.</param>
    /// <param name="search">Parts of a name, an email address or a mobile number, in any case, order and punctuation, with or without accents.</param>
    /// <param name="state">Where the person stands: invited, active, resetting, unregistered, suspended or left.</param>
    /// <param name="department">The department of the user, upper and lower case being the same.</param>
    /// <param name="application">The id of an application in which the user has an account.</param>
    /// <param name="push">Whether push notifications reach the user's active device: receiving, notReceiving, notificationsOff, unknown or none.</param>
    /// <param name="unusedDays">Days that no device of the user was active, of which there is one at least; 1 to 3650.</param>
    /// <param name="claim">Users with a claim that can be redeemed (open), that expires within 4 hours (expiring), or that is locked after wrong codes (locked).</param>
    /// <param name="unconfirmedRemoval">true for users with a removed device that neither confirmed nor learned it.</param>
    /// <param name="sort">
    /// name, created or lastActive, as for the list; lastActive leaves out users without a device. The file has an order that stays while it is read: that of ids
    /// with application, push, unusedDays, claim, unconfirmedRemoval or lastActive, else that of creation.
    /// </param>
    /// <param name="direction">asc or desc, for the order of creation. Default: asc.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportUsers))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users.csv")] HttpContext context,
        Administrator administrator,
        [StringLength(UserFilter.MaxSearch, ErrorMessage = UserFilter.SearchFault)] string? search,
        [RegularExpression(UserFilter.States, ErrorMessage = UserFilter.StateFault)] string? state,
        [StringLength(AdministratorScope.MaxDepartment, ErrorMessage = UserFilter.DepartmentFault)] string? department,
        [RegularExpression(UserFilter.Applications, ErrorMessage = UserFilter.ApplicationFault)] string? application,
        [RegularExpression(DeviceConditions.Pushes, ErrorMessage = DeviceConditions.PushFault)] string? push,
        [Range(1, DeviceConditions.MaxUnusedDays, ErrorMessage = DeviceConditions.UnusedFault)] int? unusedDays,
        [RegularExpression(UserFilter.Claims, ErrorMessage = UserFilter.ClaimFault)] string? claim,
        [RegularExpression(UserFilter.Yes, ErrorMessage = UserFilter.YesFault)] string? unconfirmedRemoval,
        [RegularExpression(UserFilter.Sorts, ErrorMessage = UserFilter.SortFault)] string? sort,
        [RegularExpression(Directions.Pattern, ErrorMessage = Directions.Fault)] string? direction,
        CancellationToken cancellationToken)
    {
        var query = new UserQuery(search, state, department, application, push, unusedDays, claim, unconfirmedRemoval, sort, direction);
        if (UserFilter.Read(query, time.GetUtcNow(), out var fault) is not { } filter)
        {
            return fault!;
        }

        filter = filter.InSteadyOrder();
        var first = await ReadAsync(administrator.TenantId, filter, continuation: null, cancellationToken);
        await identities.AuditExportAsync(administrator, AuditActions.UsersExported, query.Said(), time.GetUtcNow(), cancellationToken);
        var lines = Table.LinesAsync(
            first,
            page => (page.Users, page.Unreadable, page.Continuation),
            (next, stop) => ReadAsync(administrator.TenantId, filter, next, stop),
            unreadable => $"Not complete: {unreadable} users cannot be read.",
            cancellationToken);
        return StreamedExport.Of(context, lines, CsvText.ContentType, "users.csv", time);
    }

    /// <summary>Reads a page. When its continuation is refused the export breaks: a part must not look like the whole.</summary>
    private async Task<UserList> ReadAsync(string tenantId, UserFilter filter, string? continuation, CancellationToken cancellationToken) =>
        await pages.ReadAsync(tenantId, filter, PageSize, continuation, cancellationToken)
            ?? throw new InvalidOperationException("The continuation of an export of users was refused.");
}
