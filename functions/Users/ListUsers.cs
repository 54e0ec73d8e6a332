using System.ComponentModel.DataAnnotations;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Users;

/// <summary>Lists the tenant's users; searches name, email and mobile.</summary>
internal sealed class ListUsers(UserPages pages, TimeProvider time)
{
    private const int DefaultPageSize = 50;

    private const int MaxPageSize = 200;

    /// <inheritdoc cref="ListUsers"/>
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
    /// name, created or lastActive. Default: name. Users by application, push, unusedDays, claim or unconfirmedRemoval come in the order of their ids unless
    /// sort is lastActive, which is for users with a device and not together with application.
    /// </param>
    /// <param name="direction">asc or desc. Default: asc.</param>
    /// <param name="pageSize">How many users to answer with: 1 to 200. Default: 50.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ListUsers))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<UserList>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users")] HttpContext context,
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
        [Range(1, MaxPageSize, ErrorMessage = "is 1 to 200")] int? pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var query = new UserQuery(search, state, department, application, push, unusedDays, claim, unconfirmedRemoval, sort, direction);
        if (UserFilter.Read(query, time.GetUtcNow(), out var fault) is not { } filter)
        {
            return fault!;
        }

        var page = await pages.ReadAsync(administrator.TenantId, filter, pageSize ?? DefaultPageSize, continuation, cancellationToken);
        return page is null ? Problems.InvalidContinuation() : TypedResults.Ok(page);
    }
}
