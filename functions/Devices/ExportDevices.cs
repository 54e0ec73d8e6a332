using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Csv;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>
/// Exports the tenant's registered devices as CSV (RFC 4180) in UTF-8 with a header row. A cell that a spreadsheet would take for a formula begins with
/// an apostrophe. The export is in the audit before its first byte is sent.
/// </summary>
internal sealed class ExportDevices(IdentityStore identities, DevicePages pages, TimeProvider time)
{
    private const int PageSize = 500;

    private static readonly CsvTable<DeviceSummary> Table = new(
        ("userId", device => device.UserId),
        ("givenName", device => device.GivenName),
        ("familyName", device => device.FamilyName),
        ("name", device => device.Name),
        ("model", device => device.Model),
        ("platform", device => CsvCells.Name<DevicePlatform>(device.Platform)),
        ("osVersion", device => device.OsVersion),
        ("appVersion", device => device.AppVersion),
        ("active", device => device.IsActive ? "true" : "false"),
        ("lastActiveAt", device => CsvCells.Text(device.LastActiveAt)),
        ("registeredAt", device => CsvCells.Text(device.RegisteredAt)),
        ("push", device => CsvCells.Name<PushStatus>(device.Push)),
        ("pushSeenAt", device => CsvCells.Text(device.PushSeenAt)),
        ("pushReason", device => device.PushReason),
        ("deviceId", device => device.DeviceId));

    /// <inheritdoc cref="ExportDevices"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only devices of the same tenant are found.</param>
    /// <param name="search">A part of the device's name or model, in any case.</param>
    /// <param name="platform">ios or android.</param>
    /// <param name="osVersion">How the version of the system begins.</param>
    /// <param name="appVersion">How the version of the BlokSec app begins.</param>
    /// <param name="push">Whether push notifications reach it: receiving, notReceiving, notificationsOff, unknown or none.</param>
    /// <param name="unusedDays">Days that it was not active; 1 to 3650.</param>
    /// <param name="sort">lastActive, registered or platform, as for the list. The file is in the order of registration, which stays while it is read.</param>
    /// <param name="direction">asc or desc, for the order of registration. Default: asc.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ExportDevices))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<string>(StatusCodes.Status200OK, CsvText.MediaType)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "devices.csv")] HttpContext context,
        Administrator administrator,
        [StringLength(DeviceFilter.MaxText, ErrorMessage = DeviceFilter.TextFault)] string? search,
        [RegularExpression(DeviceFilter.Platforms, ErrorMessage = DeviceFilter.PlatformFault)] string? platform,
        [StringLength(DeviceFilter.MaxText, ErrorMessage = DeviceFilter.TextFault)] string? osVersion,
        [StringLength(DeviceFilter.MaxText, ErrorMessage = DeviceFilter.TextFault)] string? appVersion,
        [RegularExpression(DeviceConditions.Pushes, ErrorMessage = DeviceConditions.PushFault)] string? push,
        [Range(1, DeviceConditions.MaxUnusedDays, ErrorMessage = DeviceConditions.UnusedFault)] int? unusedDays,
        [RegularExpression(DeviceFilter.Sorts, ErrorMessage = DeviceFilter.SortFault)] string? sort,
        [RegularExpression(Directions.Pattern, ErrorMessage = Directions.Fault)] string? direction,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var query = new DeviceQuery(search, platform, osVersion, appVersion, push, unusedDays, sort, direction);
        var filter = DeviceFilter.Of(query with { Sort = DeviceFilter.ByRegistered }, now);
        var first = await ReadAsync(administrator.TenantId, filter, now, continuation: null, cancellationToken);
        await identities.AuditExportAsync(administrator, AuditActions.DevicesExported, query.Said(), now, cancellationToken);
        var lines = Table.LinesAsync(
            first,
            page => (page.Devices, page.Unreadable, page.Continuation),
            (next, stop) => ReadAsync(administrator.TenantId, filter, now, next, stop),
            unreadable => $"Not complete: {unreadable} devices cannot be read.",
            cancellationToken);
        return StreamedExport.Of(context, lines, CsvText.ContentType, "devices.csv", time);
    }

    /// <summary>Reads a page. When its continuation is refused the export breaks: a part must not look like the whole.</summary>
    private async Task<DeviceList> ReadAsync(
        string tenantId, DeviceFilter filter, DateTimeOffset now, string? continuation, CancellationToken cancellationToken) =>
        await pages.ReadAsync(tenantId, filter, now, PageSize, continuation, cancellationToken)
            ?? throw new InvalidOperationException("The continuation of an export of devices was refused.");
}
