using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Mail;

/// <summary>Tells which mails the people of the tenant get.</summary>
internal sealed class GetMailSettings(IdentityStore identities, MailDispatch mails)
{
    /// <inheritdoc cref="GetMailSettings"/>
    /// <param name="context">The request.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(GetMailSettings))]
    [Authorize(AdminPolicies.UsersRead)]
    [WithinScope]
    [ProducesResponseType<MailSettings>(StatusCodes.Status200OK)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "mail/settings")] HttpContext context,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var chosen = await identities.ReadAsync<MailSettingsDocument>(
            MailSettingsDocument.KeyOf(administrator.TenantId), MailSettingsDocument.DocumentId, cancellationToken);
        return TypedResults.Ok(new MailSettings(mails.IsOn, chosen is { Invitations: true }));
    }
}
