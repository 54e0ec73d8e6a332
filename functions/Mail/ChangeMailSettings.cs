using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Mvc;

namespace BlokSec.Functions.Mail;

/// <summary>Chooses whether people of the tenant who are invited are told by mail.</summary>
internal sealed class ChangeMailSettings(IdentityStore identities, MailDispatch mails, TimeProvider time)
{
    /// <inheritdoc cref="ChangeMailSettings"/>
    /// <param name="context">The request.</param>
    /// <param name="request">What is chosen.</param>
    /// <param name="administrator">Who asks.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(ChangeMailSettings))]
    [Authorize(AdminPolicies.UsersManage)]
    [ProducesResponseType<MailSettings>(StatusCodes.Status200OK)]
    [Refuses(ProblemCodes.Conflict)]
    public async Task<IResult> HandleAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "mail/settings")] HttpContext context,
        ChangeMailSettingsRequest request,
        Administrator administrator,
        CancellationToken cancellationToken)
    {
        var key = MailSettingsDocument.KeyOf(administrator.TenantId);
        var result = await identities.UpdateAsync(
            key,
            stop => identities.ReadAsync<MailSettingsDocument>(key, MailSettingsDocument.DocumentId, stop),
            (before, attempt) =>
            {
                if (before?.Invitations != request.Invitations)
                {
                    var now = time.GetUtcNow();
                    var after = before ?? new MailSettingsDocument { Id = MailSettingsDocument.DocumentId, TenantId = key.TenantId, UserId = key.UserId };
                    attempt.Batch
                        .Write(after with { Invitations = request.Invitations })
                        .Create(key.Entry(now, administrator.Actor(), AuditActions.MailSettingsChanged, MailSettingsDocument.DocumentId) with
                        {
                            Before = new Dictionary<string, string?> { ["invitations"] = WordOf(before is { Invitations: true }) },
                            After = new Dictionary<string, string?> { ["invitations"] = WordOf(request.Invitations) },
                        });
                }

                return true;
            },
            cancellationToken);
        return result.Status == UpdateStatus.Contended ? Problems.TooManyConflicts() : TypedResults.Ok(new MailSettings(mails.IsOn, request.Invitations));
    }

    private static string WordOf(bool isOn) => isOn ? "on" : "off";
}
