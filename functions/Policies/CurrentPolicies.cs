using System.Collections.Concurrent;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Policies;

/// <summary>The policies of tenants, remembered for a moment, so that they cost an action nearly nothing.</summary>
internal sealed class CurrentPolicies(IdentityStore identities, IOptions<PolicyOptions> options, TimeProvider time)
{
    /// <summary>Tenants that are remembered.</summary>
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, (TenantPolicies Policies, long At)> remembered = new(StringComparer.Ordinal);

    /// <summary>What holds for a tenant that chose nothing: no policy, but claims as NIST SP 800-63B-4 has them.</summary>
    public static TenantPolicies Unchosen { get; } = new()
    {
        IdentityCheck = new IdentityCheckPolicy { Required = false, Ways = [] },
        Claims = new ClaimPolicy { ScreenMinutes = 10, SentHours = 24 },
        HoldMinutes = 0,
        SecondPerson = new SecondPersonPolicy { ForMany = false, ForAdministrators = false, WithinMinutes = 60 },
        Scopes = [],
    };

    /// <summary>What holds for a tenant. An instance learns of a change at another one after <see cref="PolicyOptions.RememberSeconds"/>.</summary>
    /// <exception cref="Microsoft.Azure.Cosmos.CosmosException">The database cannot be reached: nothing is done without knowing the policies.</exception>
    public async Task<TenantPolicies> OfAsync(string tenantId, CancellationToken cancellationToken)
    {
        if (remembered.TryGetValue(tenantId, out var known) && time.GetElapsedTime(known.At) < TimeSpan.FromSeconds(options.Value.RememberSeconds))
        {
            return known.Policies;
        }

        var asked = time.GetTimestamp();
        var chosen = await identities.ReadAsync<PoliciesDocument>(PoliciesDocument.KeyOf(tenantId), PoliciesDocument.DocumentId, cancellationToken);
        var policies = chosen?.Policies ?? Unchosen;
        if (remembered.Count >= MaxRemembered)
        {
            remembered.Clear();
        }

        remembered[tenantId] = (policies, asked);
        return policies;
    }

    /// <summary>They were changed here.</summary>
    public void Forget(string tenantId) => remembered.TryRemove(tenantId, out _);
}
