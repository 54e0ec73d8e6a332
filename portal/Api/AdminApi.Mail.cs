using BlokSec.Contracts;

namespace BlokSec.Portal.Api;

/// <content>Mails to users.</content>
internal sealed partial class AdminApi
{
    public Task<ApiResult<MailSettings>> ReadMailSettingsAsync(CancellationToken cancellationToken) =>
        api.GetAsync("mail/settings", PortalJson.Default.MailSettings, cancellationToken);

    /// <summary>Chooses whether people who are invited are told by mail.</summary>
    public async Task<ApiResult<MailSettings>> ChangeMailSettingsAsync(ChangeMailSettingsRequest change, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, "mail/settings") { Content = Json(change, PortalJson.Default.ChangeMailSettingsRequest) };
        return await api.SendAsync(request, PortalJson.Default.MailSettings, cancellationToken);
    }
}
