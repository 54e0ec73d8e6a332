using BlokSec.Contracts;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Provisioning;

/// <summary>What administrators see of provisioning tokens: never the token or its digest.</summary>
internal static class ProvisioningTokenViews
{
    /// <summary>How long a token that ended is shown.</summary>
    private static readonly TimeSpan Shown = TimeSpan.FromDays(90);

    public static ProvisioningTokenDetails ToDetails(this ProvisioningTokenDocument token) => new(
        token.TokenId, token.Name, token.CreatedAt, token.CreatedBy, token.ExpiresAt, token.LastUsedAt, token.RevokedAt);

    /// <summary>Seconds until a token that ends then is no longer shown.</summary>
    public static int TtlOf(TimeSpan untilEnd) => (int)(untilEnd + Shown).TotalSeconds;

    /// <summary>The tokens of a tenant, the newest first. Those that ended go by themselves.</summary>
    public static async Task<IReadOnlyList<ProvisioningTokenDocument>> ProvisioningTokensAsync(
        this IdentityStore identities, string tenantId, CancellationToken cancellationToken)
    {
        const int most = 200;
        var (tokens, _) = await identities.FirstPageAsync<ProvisioningTokenDocument>(
            ProvisioningTokenDocument.KeyOf(tenantId), "SELECT * FROM c WHERE c.type = 'provisioningToken' ORDER BY c.id DESC", [], most, cancellationToken);
        return tokens;
    }
}
