using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Users;

/// <summary>
/// A tenant's users, page by page: one query, or two where other documents than the user's have a say. A page may have fewer users than
/// were asked for, or none, and still not be the last.
/// </summary>
internal sealed class UserPages(IdentityStore identities)
{
    private const string OfTenant = "c.tenantId = @tenantId";

    /// <summary>What an administrator who is limited to departments reads at a time, as most of it is of others.</summary>
    private const int LimitedRows = 200;

    /// <summary>How often such a page reads on while it finds nobody.</summary>
    private const int MostReads = 25;

    /// <summary>Reads a page.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">Which users.</param>
    /// <param name="pageSize">How many at most.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page; null when this list gave no such continuation.</returns>
    public async Task<UserList?> ReadAsync(string tenantId, UserFilter filter, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        if (filter is { Facts.Count: > 0, Sort: null })
        {
            return Continuations.TryDecodeId(continuation, "", out var after) && (after is null || Identifiers.IsUserId(after))
                ? await ByFactAsync(tenantId, filter, pageSize, after, cancellationToken)
                : null;
        }

        if (!Continuations.TryDecodeToken(continuation, out var token))
        {
            return null;
        }

        try
        {
            return filter.Sort == UserFilter.ByLastActive
                ? await ByLastActiveAsync(tenantId, filter, pageSize, token, cancellationToken)
                : await ByUserAsync(tenantId, filter, pageSize, token, cancellationToken);
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return null;
        }
    }

    private async Task<UserList> ByUserAsync(string tenantId, UserFilter filter, int pageSize, string? token, CancellationToken cancellationToken)
    {
        var page = await identities.TenantPageAsync<UserDocument>(
            tenantId,
            $"SELECT * FROM c WHERE {OfTenant} AND {filter.Condition} ORDER BY {filter.Order} {filter.Direction}",
            filter.Parameters,
            pageSize,
            token,
            cancellationToken);
        return new UserList([.. page.Documents.Select(user => user.ToSummary())], Continuations.Encode(page.Next)) { Unreadable = page.Unreadable };
    }

    /// <summary>In the order of ids, so that a user with many such documents is passed as one.</summary>
    private async Task<UserList> ByFactAsync(string tenantId, UserFilter filter, int pageSize, string? after, CancellationToken cancellationToken)
    {
        var first = filter.Facts[0];
        var facts = filter.Facts.Where(fact => fact != first || fact.Read is not null).ToArray();
        var isLimited = DepartmentScope.OfCall is not null;
        for (var reads = 1; ; reads++)
        {
            var (found, next) = await identities.TenantItemsAsync<string>(
                tenantId,
                $"SELECT VALUE c.userId FROM c WHERE {OfTenant} AND c.userId > @after AND {first.Find} ORDER BY c.userId",
                [.. filter.Parameters, ("@after", after ?? "")],
                isLimited ? Math.Max(pageSize, LimitedRows) : pageSize,
                continuation: null,
                cancellationToken);
            var (users, unreadable) = await SelectAsync(tenantId, filter, facts, found, cancellationToken);
            var matching = found.Distinct().Where(users.ContainsKey).ToArray();
            if (isLimited && matching.Length == 0 && next is not null && reads < MostReads)
            {
                after = found[^1];
                continue;
            }

            // Where the next page begins tells an id: to who is limited, one of a user who is seen.
            var page = matching.Take(pageSize).ToArray();
            var last = isLimited && page is [.., var shown] ? shown : found is [.., var id] ? id : after ?? "";
            return new UserList(
                [.. page.Select(userId => Summary(users[userId]))], next is null && page.Length == matching.Length ? null : Continuations.Encode(last))
            {
                Unreadable = unreadable,
            };
        }
    }

    /// <summary>In the order of devices: a user stands where the device stands that was active last. Users without a device stand nowhere.</summary>
    private async Task<UserList> ByLastActiveAsync(string tenantId, UserFilter filter, int pageSize, string? token, CancellationToken cancellationToken)
    {
        var (found, next) = await identities.TenantItemsAsync<DeviceOfUser>(
            tenantId,
            $"SELECT c.userId, c.deviceId FROM c WHERE {OfTenant} AND {DeviceConditions.IsRegistered} ORDER BY c.lastActiveAt {filter.Direction}",
            filter.Parameters,
            pageSize,
            token,
            cancellationToken);
        var (users, unreadable) = await SelectAsync(tenantId, filter, filter.Facts, [.. found.Select(device => device.UserId)], cancellationToken);
        return new UserList(
            [.. found.Where(device => users.TryGetValue(device.UserId, out var user) && LastActive(user)?.DeviceId == device.DeviceId).Select(device => Summary(users[device.UserId]))],
            Continuations.Encode(next))
        {
            Unreadable = unreadable,
        };
    }

    /// <summary>Those of some users for whom everything holds; the users themselves and the documents that decide are read by one query.</summary>
    private async Task<(IReadOnlyDictionary<string, PartitionSnapshot> Users, int Unreadable)> SelectAsync(
        string tenantId, UserFilter filter, IReadOnlyList<UserFact> facts, IReadOnlyList<string> userIds, CancellationToken cancellationToken)
    {
        if (userIds.Count == 0)
        {
            return (new Dictionary<string, PartitionSnapshot>(), 0);
        }

        var ids = userIds.Distinct().Select((id, index) => (Name: $"@user{index}", Value: (object)id)).ToArray();
        var documents = facts.Select(fact => fact.Read ?? fact.Find)
            .Concat(filter.Sort is null ? [] : [DeviceConditions.IsRegistered])
            .Distinct()
            .Prepend(filter.Condition)
            .Select(condition => $"({condition})");
        var snapshots = await identities.TenantSnapshotsAsync(
            tenantId,
            $"SELECT * FROM c WHERE {OfTenant} AND c.userId IN ({string.Join(", ", ids.Select(id => id.Name))}) AND ({string.Join(" OR ", documents)})",
            [.. filter.Parameters, .. ids],
            cancellationToken);
        var readable = snapshots.Where(user => user.Value.Unreadable.Count == 0).ToDictionary();
        return (
            readable.Where(user => user.Value.User is not null && facts.All(fact => fact.Holds(user.Value))).ToDictionary(),
            snapshots.Count - readable.Count);
    }

    private static DeviceDocument? LastActive(PartitionSnapshot user) =>
        user.Devices.OrderByDescending(device => device.LastActiveAt).ThenBy(device => device.DeviceId, StringComparer.Ordinal).FirstOrDefault();

    private static UserSummary Summary(PartitionSnapshot user) => user.User!.ToSummary() with { LastActiveAt = LastActive(user)?.LastActiveAt };

    private sealed record DeviceOfUser(string UserId, string DeviceId);
}
