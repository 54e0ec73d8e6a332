using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Requests;

namespace BlokSec.Portal.Search;

/// <summary>Searches everything that an administrator with <c>Users.Read</c> sees, in three calls at most.</summary>
internal static class EverythingSearch
{
    /// <summary>Items of a kind that are shown.</summary>
    private const int Most = 5;

    /// <summary>Searches. An id finds the operation or the authentication request that has it; other text is looked for in names.</summary>
    /// <param name="api">The API.</param>
    /// <param name="seesTenant">Whether the administrator sees more than the users of some departments; else only users are looked for.</param>
    /// <param name="text">What is searched for.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static Task<FoundItems> FindAsync(AdminApi api, bool seesTenant, string text, CancellationToken cancellationToken) =>
        !seesTenant ? FindUsersAsync(api, text, cancellationToken)
        : IsId(text) ? FindIdAsync(api, text.ToLowerInvariant(), cancellationToken)
        : FindNameAsync(api, text, cancellationToken);

    private static async Task<FoundItems> FindUsersAsync(AdminApi api, string text, CancellationToken cancellationToken) => All(
        Of(
            "Users",
            await api.ListUsersAsync([("search", text), Page], continuation: null, cancellationToken),
            list => list.Users.Select(Item),
            QueryString.Address("users", [("search", text)])));

    private static async Task<FoundItems> FindNameAsync(AdminApi api, string text, CancellationToken cancellationToken)
    {
        (string, string?)[] search = [("search", text), Page];
        var users = api.ListUsersAsync(search, continuation: null, cancellationToken);
        var devices = api.ListDevicesAsync(search, continuation: null, cancellationToken);
        var applications = api.FindApplicationsAsync(search, cancellationToken);
        await Task.WhenAll(users, devices, applications);
        return All(
            Of("Users", await users, list => list.Users.Select(Item), QueryString.Address("users", search[..1])),
            Of("Devices", await devices, list => list.Devices.Select(Item), QueryString.Address("devices", search[..1])),
            Of("Applications", await applications, list => list.Applications.Select(Item)));
    }

    private static async Task<FoundItems> FindIdAsync(AdminApi api, string id, CancellationToken cancellationToken)
    {
        var users = api.ListUsersAsync([("search", id), Page], continuation: null, cancellationToken);
        var operations = api.ListOperationsAsync([("operationId", id), Page], continuation: null, cancellationToken);
        var requests = api.ListSignInsAsync([("requestId", id), ("days", "90"), Page], continuation: null, cancellationToken);
        await Task.WhenAll(users, operations, requests);
        return All(
            Of("Users", await users, list => list.Users.Select(Item)),
            Of("Operations", await operations, list => list.Operations.Select(Item)),
            Of("Authentication requests", await requests, list => list.Requests.Where(one => one.User is not null).Select(Item)));
    }

    private static (string Name, string? Value) Page => ("pageSize", $"{Most}");

    private static FoundItems All(params IReadOnlyList<FoundGroup?> groups) =>
        new([.. groups.OfType<FoundGroup>().Where(group => group.Items.Count > 0)], groups.All(group => group is not null));

    /// <returns>Null when this kind could not be searched.</returns>
    private static FoundGroup? Of<T>(string title, ApiResult<T> result, Func<T, IEnumerable<FoundItem>> items, string? rest = null)
        where T : class
    {
        if (result.Value is not { } list)
        {
            return null;
        }

        FoundItem[] found = [.. items(list).Take(Most)];
        return new FoundGroup(title, rest is not null && found.Length == Most ? [.. found, new FoundItem(rest, $"All {title.ToLowerInvariant()} found")] : found);
    }

    private static FoundItem Item(UserSummary user) => new(User(user.UserId), $"{user.GivenName} {user.FamilyName}", user.Email);

    private static FoundItem Item(DeviceSummary device) =>
        new($"{User(device.UserId)}#devices", device.Name, string.Join(", ", new[] { device.Model, $"{device.GivenName} {device.FamilyName}".Trim() }.Where(part => part.Length > 0)));

    private static FoundItem Item(ApplicationDetails application) => new($"applications/{Uri.EscapeDataString(application.ApplicationId)}", application.Name);

    private static FoundItem Item(TenantOperation one) => new(
        one.User is { } user ? $"{User(user.UserId)}#progress" : "imports",
        OperationWords.Kind(one.Operation),
        $"{one.User?.Name ?? one.User?.UserId ?? "Imports"}, {OperationWords.Status(one.Operation.Status).Text}");

    private static FoundItem Item(TenantSignIn one) => new(
        $"{User(one.User!.UserId)}/authentication-requests/{Uri.EscapeDataString(one.Request.RequestId)}",
        one.Request.ApplicationName,
        $"{one.User.Name ?? one.User.UserId}, {RequestWords.Status(one.Request.Status).Text}");

    private static string User(string userId) => $"users/{Uri.EscapeDataString(userId)}";

    private static bool IsId(string text) => text.Length == 32 && text.All(char.IsAsciiHexDigit);
}
