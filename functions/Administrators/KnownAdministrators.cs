using System.Collections.Concurrent;
using BlokSec.Functions.Identities;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Administrators;

/// <summary>The administrators of a tenant that were seen.</summary>
internal sealed class KnownAdministrators(IdentityStore identities, IOptions<AdministratorOptions> options, TimeProvider time)
{
    /// <summary>Administrators of one tenant that are told apart; of more, those seen last.</summary>
    public const int Most = 1_000;

    /// <summary>Tenants that are remembered.</summary>
    private const int MaxRemembered = 10_000;

    /// <summary>For how long actions use what was read before: a new administrator is protected after that.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (IReadOnlyList<AdministratorDocument> Administrators, long At)> remembered = new(StringComparer.Ordinal);

    /// <summary>All of a tenant, in one query of one partition.</summary>
    public async Task<IReadOnlyList<AdministratorDocument>> OfAsync(string tenantId, CancellationToken cancellationToken)
    {
        var (found, _) = await identities.FirstPageAsync<AdministratorDocument>(
            AdministratorDocument.KeyOf(tenantId), "SELECT * FROM c WHERE c.type = 'administrator' ORDER BY c.seenAt DESC", [], Most, cancellationToken);
        return found;
    }

    /// <summary>What they sign in with, in the form of <see cref="UserDocument.EmailKey"/>: a user with this address is an administrator.</summary>
    public async Task<IReadOnlySet<string>> EmailKeysAsync(string tenantId, CancellationToken cancellationToken) =>
        (await OfAsync(tenantId, cancellationToken)).Select(administrator => administrator.SignInName).OfType<string>().ToHashSet();

    /// <summary>All of a tenant as they were at most a minute ago.</summary>
    public async Task<IReadOnlyList<AdministratorDocument>> LatelyAsync(string tenantId, CancellationToken cancellationToken)
    {
        if (options.Value.RememberDays == 0)
        {
            return [];
        }

        if (remembered.TryGetValue(tenantId, out var known) && time.GetElapsedTime(known.At) < Remembered)
        {
            return known.Administrators;
        }

        var asked = time.GetTimestamp();
        var found = await OfAsync(tenantId, cancellationToken);
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }

        remembered[tenantId] = (found, asked);
        return found;
    }
}
