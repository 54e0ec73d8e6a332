using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <summary>Claims.</summary>
internal sealed partial class AdminApi
{
    /// <summary>Makes a new claim. The same key gives the same claim.</summary>
    public async Task<ApiResult<ClaimDetails>> RenewClaimAsync(string userId, string idempotencyKey, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/claim/renewal");
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await api.SendAsync(request, PortalJson.Default.ClaimDetails, cancellationToken);
    }

    /// <summary>Records how the person was recognized, which shows the claim. Repeated, it is recorded once.</summary>
    public Task<ApiResult<ClaimDetails>> CheckIdentityAsync(string userId, IdentityCheckRequest check, CancellationToken cancellationToken) =>
        SendToClaimAsync(userId, "identity-check", Json(check, PortalJson.Default.IdentityCheckRequest), cancellationToken);

    /// <summary>Keeps the claim open that is shown on the screen.</summary>
    public Task<ApiResult<ClaimDetails>> ProlongClaimAsync(string userId, ClaimChannelRequest claim, CancellationToken cancellationToken) =>
        SendToClaimAsync(userId, "prolongation", Json(claim, PortalJson.Default.ClaimChannelRequest), cancellationToken);

    /// <summary>Gives the claim the longer life of one that is printed or sent.</summary>
    public Task<ApiResult<ClaimDetails>> SendClaimAsync(string userId, ClaimChannelRequest claim, CancellationToken cancellationToken) =>
        SendToClaimAsync(userId, "sending", Json(claim, PortalJson.Default.ClaimChannelRequest), cancellationToken);

    private async Task<ApiResult<ClaimDetails>> SendToClaimAsync(string userId, string what, HttpContent body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{User(userId)}/claim/{what}") { Content = body };
        return await api.SendAsync(request, PortalJson.Default.ClaimDetails, cancellationToken);
    }
}
