using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Devices;

/// <summary>A tenant's registered devices, page by page: one query for them and one for the names of their users.</summary>
internal sealed class DevicePages(IdentityStore identities)
{
    /// <summary>Reads a page.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="filter">Which devices.</param>
    /// <param name="now">The time at which it is said whether push notifications reach them.</param>
    /// <param name="pageSize">How many at most.</param>
    /// <param name="continuation">From the page before.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The page; null when this list gave no such continuation.</returns>
    public async Task<DeviceList?> ReadAsync(
        string tenantId, DeviceFilter filter, DateTimeOffset now, int pageSize, string? continuation, CancellationToken cancellationToken)
    {
        if (!Continuations.TryDecodeToken(continuation, out var token))
        {
            return null;
        }

        try
        {
            var page = await identities.TenantPageAsync<DeviceDocument>(
                tenantId,
                $"SELECT * FROM c WHERE c.tenantId = @tenantId AND {filter.Condition} ORDER BY {filter.Order}",
                filter.Parameters,
                pageSize,
                token,
                cancellationToken);
            var users = await UsersAsync(tenantId, page.Documents, cancellationToken);
            return new DeviceList(
                [.. page.Documents.Select(device => Summary(device, users.GetValueOrDefault(device.UserId), now))], Continuations.Encode(page.Next))
            {
                Unreadable = page.Unreadable,
            };
        }
        catch (Exception exception) when (token is not null && Continuations.IsRefused(exception))
        {
            return null;
        }
    }

    /// <summary>The users of devices; of a damaged one, what can be read.</summary>
    private async Task<IReadOnlyDictionary<string, UserDocument?>> UsersAsync(
        string tenantId, IEnumerable<DeviceDocument> devices, CancellationToken cancellationToken)
    {
        var ids = devices.Select(device => device.UserId).Distinct().Select((id, index) => (Name: $"@user{index}", Value: (object)id)).ToArray();
        if (ids.Length == 0)
        {
            return new Dictionary<string, UserDocument?>();
        }

        var snapshots = await identities.TenantSnapshotsAsync(
            tenantId,
            $"SELECT * FROM c WHERE c.tenantId = @tenantId AND c.userId IN ({string.Join(", ", ids.Select(id => id.Name))}) AND c.type = 'user'",
            ids,
            cancellationToken);
        return snapshots.ToDictionary(user => user.Key, user => user.Value.DamagedUser ?? user.Value.User);
    }

    /// <summary>Never a push handle or a public key.</summary>
    private static DeviceSummary Summary(DeviceDocument device, UserDocument? user, DateTimeOffset now) => new(
        device.DeviceId,
        device.UserId,
        device.Name.Shown(),
        device.Model.Shown(),
        device.Platform,
        device.OsVersion.Shown(),
        device.AppVersion.Shown(),
        device.RegisteredAt,
        device.LastActiveAt,
        IsActive: device.DeviceId == user?.ActiveDeviceId,
        device.PushStatusAt(now))
    {
        GivenName = user?.GivenName,
        FamilyName = user?.FamilyName,
        PushReason = device.PushReason,
        PushSeenAt = device.PushSeenAt,
    };
}
