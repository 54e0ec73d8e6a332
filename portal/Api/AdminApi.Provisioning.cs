using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <content>Provisioning tokens.</content>
internal sealed partial class AdminApi
{
    public Task<ApiResult<ProvisioningTokenList>> ListProvisioningTokensAsync(CancellationToken cancellationToken) =>
        api.GetAsync("provisioning/tokens", PortalJson.Default.ProvisioningTokenList, cancellationToken);

    /// <summary>Makes a token, whose text is in this answer only.</summary>
    public async Task<ApiResult<CreatedProvisioningToken>> CreateProvisioningTokenAsync(
        CreateProvisioningTokenRequest token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "provisioning/tokens")
        {
            Content = Json(token, PortalJson.Default.CreateProvisioningTokenRequest),
        };
        return await api.SendAsync(request, PortalJson.Default.CreatedProvisioningToken, cancellationToken);
    }

    /// <summary>Revokes a token; null when it was done.</summary>
    public async Task<ApiProblem?> RevokeProvisioningTokenAsync(string tokenId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"provisioning/tokens/{Uri.EscapeDataString(tokenId)}");
        return (await api.SendAsync(request, "application/json", cancellationToken)).Problem;
    }
}
