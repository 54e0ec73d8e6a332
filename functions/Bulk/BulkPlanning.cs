using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Administrators;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Users;

namespace BlokSec.Functions.Bulk;

/// <summary>A page of users, taken into the plan.</summary>
/// <param name="Plan">The plan with them.</param>
/// <param name="Portion">Those that are acted on; null when none is.</param>
/// <param name="IsLast">Whether there are no more users.</param>
internal sealed record PlannedPage(PlanState Plan, BulkPortion? Portion, bool IsLast);

/// <summary>Counts what is touched, a page of users at a time: one query, and one more for their devices where some of them are removed.</summary>
internal sealed class BulkPlanning(IdentityStore identities, UserPages pages, KnownAdministrators administrators, TimeProvider time)
{
    /// <summary>The next page of users, taken into the plan.</summary>
    public async Task<PlannedPage> NextAsync(BulkDocument operation, CancellationToken cancellationToken)
    {
        var page = operation.Selected is { } selected
            ? await SelectedAsync(operation, selected, cancellationToken)
            : await FilteredAsync(operation, cancellationToken);
        var known = await administrators.OfAsync(operation.TenantId, cancellationToken);
        var keys = known.Select(administrator => administrator.SignInName).OfType<string>().ToHashSet();
        var own = known.FirstOrDefault(administrator => administrator.Subject == operation.RequestedBy.Id);
        var ownKey = own?.SignInName;
        var higher = known
            .Where(administrator => administrator.Roles.Except(own?.Roles ?? []).Any())
            .Select(administrator => administrator.SignInName)
            .OfType<string>()
            .ToHashSet();
        var devices = operation.Kind == BulkKind.RemoveDevices ? await DevicesAsync(operation.TenantId, page.Users, cancellationToken) : null;
        var plan = operation.Plan with
        {
            Begin = page.Next ?? operation.Plan.Begin,
            Skipped = operation.Plan.Skipped + page.Missing,
            Unreadable = operation.Plan.Unreadable + page.Unreadable,
        };
        var users = new List<BulkUser>();
        foreach (var user in page.Users)
        {
            // Nobody acts on an administrator who has a role that they lack.
            var names = user.SignInNames().ToArray();
            if (!names.Any(higher.Contains) && Planned(operation, user, devices, keys) is { } planned)
            {
                users.Add(planned);
                plan = With(plan, planned, isRequester: ownKey is not null && names.Contains(ownKey));
            }
            else
            {
                plan = plan with { Skipped = plan.Skipped + 1 };
            }
        }

        var portion = users.Count == 0 ? null : new BulkPortion
        {
            Id = BulkPortion.IdOf(operation.BulkOperationId, plan.Portions),
            TenantId = operation.TenantId,
            UserId = operation.UserId,
            Users = users,
        };
        return new PlannedPage(portion is null ? plan : plan with { Portions = plan.Portions + 1 }, portion, page.Next is null);
    }

    private async Task<UserPage> SelectedAsync(BulkDocument operation, IReadOnlyList<string> selected, CancellationToken cancellationToken)
    {
        var begin = operation.Plan.Begin.Length == 0 ? 0 : int.Parse(operation.Plan.Begin, CultureInfo.InvariantCulture);
        var ids = selected.Skip(begin).Take(BulkPortion.MaxUsers).ToArray();
        var found = await UsersAsync(operation.TenantId, ids, cancellationToken);
        var next = begin + ids.Length;
        return new UserPage(
            found.Documents,
            found.Unreadable,
            Missing: ids.Length - found.Documents.Count - found.Unreadable,
            next >= selected.Count ? null : next.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<UserPage> FilteredAsync(BulkDocument operation, CancellationToken cancellationToken)
    {
        var filter = FilterOf(operation);
        if (filter.Facts.Count > 0)
        {
            return await ByFactAsync(operation, filter, cancellationToken);
        }

        var page = await identities.TenantPageAsync<UserDocument>(
            operation.TenantId,
            $"SELECT * FROM c WHERE c.tenantId = @tenantId AND {filter.Condition} AND c.sortName > @begin ORDER BY c.sortName",
            [.. filter.Parameters, ("@begin", operation.Plan.Begin)],
            BulkPortion.MaxUsers,
            operation.Plan.Begin,
            static document => document.GetProperty("sortName").GetString()!,
            cancellationToken);
        return new UserPage(page.Documents, page.Unreadable, Missing: 0, page.Next);
    }

    /// <summary>Where other documents than the user's have a say, the list of users finds them, in the order of their ids.</summary>
    private async Task<UserPage> ByFactAsync(BulkDocument operation, UserFilter filter, CancellationToken cancellationToken)
    {
        var begin = operation.Plan.Begin.Length == 0 ? null : operation.Plan.Begin;
        var page = await pages.ReadAsync(operation.TenantId, filter, BulkPortion.MaxUsers, begin, cancellationToken)
            ?? throw new InvalidOperationException("The list of users does not know its own continuation.");
        var found = await UsersAsync(operation.TenantId, [.. page.Users.Select(user => user.UserId)], cancellationToken);
        return new UserPage(found.Documents, page.Unreadable + found.Unreadable, Missing: 0, page.Continuation);
    }

    /// <summary>The filter of the list of users, as of when the plan was asked for.</summary>
    private static UserFilter FilterOf(BulkDocument operation)
    {
        var asked = operation.Filter ?? new BulkFilter();
        var query = new UserQuery(
            asked.Search,
            asked.State,
            asked.Department,
            asked.Application,
            asked.Push,
            asked.UnusedDays,
            asked.Claim,
            asked.UnconfirmedRemoval ? "true" : null,
            Sort: null,
            Direction: null);
        return UserFilter.Read(query, operation.CreatedAt, out _) ?? throw new InvalidOperationException("A filter without an order is never refused.");
    }

    private async Task<DocumentPage<UserDocument>> UsersAsync(string tenantId, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return new DocumentPage<UserDocument>([], Unreadable: 0, Next: null);
        }

        var (names, parameters) = List(ids);
        var condition = $"c.type = 'user' AND c.userId IN ({names})";
        return await identities.TenantFirstDocumentsAsync<UserDocument>(
            tenantId,
            $"SELECT * FROM c WHERE c.tenantId = @tenantId AND {DepartmentScope.OfCall?.Narrow(condition) ?? condition}",
            [.. parameters, .. DepartmentScope.OfCall?.Parameters ?? []],
            ids.Count,
            cancellationToken);
    }

    /// <summary>The active devices of these users, in one query.</summary>
    private async Task<ILookup<string, DeviceDocument>> DevicesAsync(
        string tenantId, IReadOnlyList<UserDocument> users, CancellationToken cancellationToken)
    {
        if (users.Count == 0)
        {
            return Enumerable.Empty<DeviceDocument>().ToLookup(device => device.UserId);
        }

        var (names, parameters) = List([.. users.Select(user => user.UserId)]);
        var found = await identities.TenantFirstDocumentsAsync<DeviceDocument>(
            tenantId,
            $"SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'device' AND c.userId IN ({names}) AND {DeviceDocument.NotRevoked}",
            parameters,
            users.Count * UserDocument.MaxDevices,
            cancellationToken);
        return found.Documents.ToLookup(device => device.UserId);
    }

    /// <summary>The user's part; null when there is nothing to do.</summary>
    private BulkUser? Planned(BulkDocument operation, UserDocument user, ILookup<string, DeviceDocument>? devices, HashSet<string> administratorKeys)
    {
        var now = time.GetUtcNow();
        var own = devices?[user.UserId].ToArray() ?? [];
        var going = own.Where(device => Matches(operation.Devices, device, now)).ToArray();
        var isConcerned = operation.Kind switch
        {
            BulkKind.Unregister => user.CanBeUnregistered,
            BulkKind.RemoveDevices => going.Length > 0,
            _ => user.Suspension is null,
        };
        return user.LeftAt is not null || !isConcerned ? null : new BulkUser(
            user.UserId,
            $"{user.GivenName} {user.FamilyName}".Shown(),
            user.Email,
            user.Epoch,
            operation.Kind == BulkKind.RemoveDevices ? going.Length : user.DeviceCount,
            user.AccountCount)
        {
            DeviceIds = operation.Kind == BulkKind.RemoveDevices ? [.. going.Select(device => device.DeviceId)] : null,
            IsLockedOut = operation.Kind != BulkKind.RemoveDevices
                || !own.Except(going).Any(device => device.PushStatusAt(now) == PushStatus.Receiving),
            IsAdministrator = user.SignInNames().Any(administratorKeys.Contains),
        };
    }

    private static PlanState With(PlanState plan, BulkUser user, bool isRequester) => plan with
    {
        Users = plan.Users + 1,
        Devices = plan.Devices + user.Devices,
        Accounts = plan.Accounts + user.Accounts,
        LockedOut = plan.LockedOut + (user.IsLockedOut ? 1 : 0),
        AdministratorCount = plan.AdministratorCount + (user.IsAdministrator ? 1 : 0),
        Administrators = user.IsAdministrator && plan.Administrators.Count < BulkLimits.MaxNamed
            ? [.. plan.Administrators, $"{user.Name} ({user.Email})"]
            : plan.Administrators,
        IncludesRequester = plan.IncludesRequester || isRequester,
        Hash = RequestIds.Fingerprint(
            plan.Hash, user.UserId, user.Epoch.ToString(CultureInfo.InvariantCulture), string.Join(',', user.DeviceIds ?? [])),
    };

    private static bool Matches(BulkDevices? filter, DeviceDocument device, DateTimeOffset now) =>
        (filter?.Platform is not { } platform || device.Platform == platform)
        && (filter?.UnusedDays is not { } days || device.LastActiveAt <= now.AddDays(-days))
        && IsOfVersion(device.OsVersion, filter?.OsVersion)
        && IsOfVersion(device.AppVersion, filter?.AppVersion);

    private static bool IsOfVersion(string version, string? wanted) =>
        string.IsNullOrEmpty(wanted) || version == wanted || version.StartsWith($"{wanted.TrimEnd('.')}.", StringComparison.Ordinal);

    private static (string Names, IReadOnlyList<(string, object)> Parameters) List(IReadOnlyList<string> ids)
    {
        var parameters = ids.Select((id, index) => (string.Create(CultureInfo.InvariantCulture, $"@user{index}"), (object)id)).ToArray();
        return (string.Join(", ", parameters.Select(parameter => parameter.Item1)), parameters);
    }

    private sealed record UserPage(IReadOnlyList<UserDocument> Users, int Unreadable, int Missing, string? Next);
}
