using BlokSec.Contracts;
using BlokSec.Functions.Accounts;
using BlokSec.Functions.Claims;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Operations;
using BlokSec.Functions.Security;
using BlokSec.Functions.SignIns;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Users;

/// <summary>All that the user page shows, in two requests at the same time.</summary>
internal sealed class GetUser(IdentityStore identities, AccountPages accounts, ClaimViews claims, UnattendedWork work, TimeProvider time)
{
    /// <summary>How far back sign-in requests are shown.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(7);

    /// <summary>How far back operations that succeeded and removals that were confirmed are shown; all others always are, or counted.</summary>
    private static readonly TimeSpan History = TimeSpan.FromDays(90);

    /// <inheritdoc cref="GetUser"/>
    /// <param name="context">The request.</param>
    /// <param name="userId">The user.</param>
    /// <param name="administrator">Who asks; users of other tenants do not exist.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetUser))]
    [Authorize(AdminPolicies.UsersRead)]
    [ProducesResponseType<UserDetails>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.NotFound)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "users/{userId}")] HttpContext context,
        string userId,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = new UserKey(administrator.TenantId, userId);
        var now = time.GetUtcNow();
        var room = new UserPageRoom();
        var reading = identities.QueryAsync(
            key,
            """
            c.type IN ('user', 'device', 'claim')
            OR (c.type = 'operation' AND (c.status IN ('notStarted', 'running', 'failed') OR c.requestedAt >= @history))
            OR (c.type = 'revocation' AND (NOT IS_DEFINED(c.confirmedAt) OR c.blockedAt >= @history))
            OR (c.type = 'authenticationRequest' AND c.issuedAt >= @recent)
            """,
            [("@history", now - History), ("@recent", now - Recent)],
            room.Make,
            cancellationToken);
        var firstAccounts = accounts.ReadAsync(key, pageSize: null, after: null, cancellationToken);
        await Task.WhenAll(reading, firstAccounts);
        var snapshot = await reading;
        await identities.RecoverUserAsync(snapshot, isReset: false, cancellationToken);
        if (snapshot.User is not { } user)
        {
            return Problems.NotFound("user");
        }

        room.MakeFinally(snapshot);
        await work.EnsureAsync(snapshot.Operations);
        context.Response.Headers[HeaderNames.ETag] = user.Version;
        var claim = await claims.OfAsync(snapshot.Claim, administrator, cancellationToken);
        return TypedResults.Ok(Details(user, snapshot, await firstAccounts, claim, time.GetUtcNow()) with
        {
            State = user.State(),
            Suspension = user.Suspension?.ToDetails(),
            LeftAt = user.LeftAt,
            UserName = user.UserName,
            ExternalId = user.ExternalId,
            Department = user.ShownDepartment(),
            Dids = [.. DidLineage.Of(user).Select(record => record.ToDetails())],
            MoreOperations = room.MoreOperations,
            MoreRevocations = room.MoreRevocations,
            Unreadable = [.. snapshot.Unreadable.Select(document => new UnreadableDetails(document.Type, document.Id))],
        });
    }

    private static UserDetails Details(UserDocument user, PartitionSnapshot snapshot, AccountList accounts, ClaimDetails? claim, DateTimeOffset now) => new(
        user.UserId,
        user.Version,
        user.GivenName,
        user.FamilyName,
        user.Email,
        user.Mobile,
        user.CreatedAt,
        user.Did,
        user.DidState,
        user.Epoch,
        user.ActiveDeviceId,
        [.. snapshot.Devices
            .Where(device => device.State == DeviceState.Active)
            .OrderByDescending(device => device.LastActiveAt)
            .Select(device => device.ToDetails(user, now))],
        user.AccountCount,
        accounts,
        [.. snapshot.AuthenticationRequests
            .OrderByDescending(request => request.IssuedAt)
            .Select(request => request.ToDetails(now))],
        claim,
        [.. snapshot.Operations
            .OrderByDescending(operation => operation.RequestedAt)
            .Select(operation => operation.ToDetails())],
        [.. snapshot.Revocations
            .OrderByDescending(revocation => revocation.BlockedAt)
            .Select(revocation => revocation.ToDetails())]);
}
