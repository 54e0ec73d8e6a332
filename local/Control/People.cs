using System.Net;
using BlokSec.Contracts;
using BlokSec.Local.Demo;
using BlokSec.Local.SignIn;

namespace BlokSec.Local.Control;

/// <summary>
/// Who could hold a phone in their hands, and which claim QR code they would see on the console's screen: as the demo administrators
/// see it, through the API.
/// </summary>
internal sealed class People : IDisposable
{
    private const int PageSize = 200;

    private readonly Dictionary<string, AdminClient> administrators;

    public People(LocalCloud cloud) => administrators = DemoAdministrator.Defaults
        .Where(administrator => administrator.Roles.Contains(DemoAdministrator.Manage))
        .DistinctBy(administrator => administrator.TenantId)
        .ToDictionary(
            administrator => administrator.TenantId,
            administrator => new AdminClient(cloud.ApiAddress, cloud.SignIn.Address, administrator.Username));

    /// <summary>Everybody, by tenant and name.</summary>
    public async Task<IReadOnlyList<Person>> AllAsync(CancellationToken cancellationToken)
    {
        var people = new List<Person>();
        foreach (var (tenantId, administrator) in administrators)
        {
            string? continuation = null;
            do
            {
                var page = await administrator.UsersPageAsync(PageSize, continuation, cancellationToken);
                people.AddRange(page.Users.Select(user => new Person(tenantId, user.UserId, $"{user.GivenName} {user.FamilyName}")));
                continuation = page.Continuation;
            }
            while (continuation is not null);
        }

        return people;
    }

    /// <summary>The user's claim; null when there is none, or no such user.</summary>
    public async Task<ClaimDetails?> ClaimAsync(string tenantId, string userId, CancellationToken cancellationToken)
    {
        try
        {
            return administrators.TryGetValue(tenantId, out var administrator)
                ? await administrator.ClaimAsync(Uri.EscapeDataString(userId), cancellationToken)
                : null;
        }
        catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>The QR code of the user's claim as SVG; null when there is none.</summary>
    public async Task<byte[]?> ClaimPictureAsync(string tenantId, string userId, CancellationToken cancellationToken)
    {
        if (!administrators.TryGetValue(tenantId, out var administrator))
        {
            return null;
        }

        var path = new Uri($"users/{Uri.EscapeDataString(userId)}/claim/qr", UriKind.Relative);
        using var response = await administrator.Http.GetAsync(path, cancellationToken);
        return response.IsSuccessStatusCode ? await response.Content.ReadAsByteArrayAsync(cancellationToken) : null;
    }

    public void Dispose()
    {
        foreach (var administrator in administrators.Values)
        {
            administrator.Dispose();
        }
    }
}

/// <summary>A user of the local system.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The id inside the tenant.</param>
/// <param name="Name">Given and family name.</param>
internal sealed record Person(string TenantId, string UserId, string Name);
