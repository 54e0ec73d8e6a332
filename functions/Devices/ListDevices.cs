using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Devices;

/// <summary>Lists the tenant's registered devices.</summary>
internal sealed class ListDevices(DevicePages pages, TimeProvider time)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <inheritdoc cref="ListDevices"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks; only devices of the same tenant are found.</param>
    /// <param name="search">A part of the device's name or model, in any case.</param>
    /// <param name="platform">ios or android.</param>
    /// <param name="osVersion">How the version of the system begins.</param>
    /// <param name="appVersion">How the version of the BlokSec app begins.</param>
    /// <param name="push">Whether push notifications reach it: receiving, notReceiving, notificationsOff, unknown or none.</param>
    /// <param name="unusedDays">Days that it was not active; 1 to 3650.</param>
    /// <param name="sort">lastActive, registered or platform. Default: lastActive.</param>
    /// <param name="direction">asc or desc. Default: asc.</param>
    /// <param name="pageSize">How many devices to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListDevices))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<DeviceList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "devices")] HttpContext context,
        Administrator administrator,
        [StringLength(DeviceFilter.MaxText, ErrorMessage = DeviceFilter.TextFault)] string? search,
        [RegularExpression(DeviceFilter.Platforms, ErrorMessage = DeviceFilter.PlatformFault)] string? platform,
        [StringLength(DeviceFilter.MaxText, ErrorMessage = DeviceFilter.TextFault)] string? osVersion,
        [StringLength(DeviceFilter.MaxText, ErrorMessage = DeviceFilter.TextFault)] string? appVersion,
        [RegularExpression(DeviceConditions.Pushes, ErrorMessage = DeviceConditions.PushFault)] string? push,
        [Range(1, DeviceConditions.MaxUnusedDays, ErrorMessage = DeviceConditions.UnusedFault)] int? unusedDays,
        [RegularExpression(DeviceFilter.Sorts, ErrorMessage = DeviceFilter.SortFault)] string? sort,
        [RegularExpression(Directions.Pattern, ErrorMessage = Directions.Fault)] string? direction,
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var filter = DeviceFilter.Of(new DeviceQuery(search, platform, osVersion, appVersion, push, unusedDays, sort, direction), now);
        var page = await pages.ReadAsync(administrator.TenantId, filter, now, pageSize ?? DefaultPageSize, continuation, cancellationToken);
        return page is null ? Problems.InvalidContinuation() : TypedResults.Ok(page);
    }
}
