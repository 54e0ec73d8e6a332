using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Mail;

/// <summary>Takes what people are to be told, and queues the sending.</summary>
internal sealed class MailDispatch(IdentityStore identities, QueueSender queues, IOptions<MailOptions> options)
{
    /// <summary>Whether mails are sent in this deployment.</summary>
    public bool IsOn => options.Value.IsOn;

    /// <summary>Makes the mail of a signal, once, and queues it.</summary>
    /// <param name="user">Whose.</param>
    /// <param name="signalId">The signal.</param>
    /// <param name="notice">What the person is to be told.</param>
    /// <param name="at">When it happened.</param>
    /// <param name="traceParent">The trace of the change.</param>
    /// <param name="resumed">Marks a message that is sent again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public async Task QueueAsync(
        UserKey user, string signalId, MailNotice notice, DateTimeOffset at, string? traceParent, string? resumed, CancellationToken cancellationToken)
    {
        if (!IsOn || (notice.Occasion == MailOccasion.Invited && !await TellsInvitedAsync(user.TenantId, cancellationToken)))
        {
            return;
        }

        var mail = new MailDocument
        {
            Id = MailDocument.IdOf(signalId),
            TenantId = user.TenantId,
            UserId = user.UserId,
            MailId = signalId,
            State = MailState.Waiting,
            Notice = notice,
            At = at,
            NextAttemptAt = at,
            RetryUntil = at.AddDays(options.Value.RetryDays),
            TraceParent = traceParent,
            Ttl = MailDocument.RetentionSeconds,
        };

        // A conflict means that an earlier run has made it.
        await identities.Begin(user).Create(mail).CommitAsync(cancellationToken);
        await SendAsync(mail, resumed, cancellationToken);
    }

    private async Task<bool> TellsInvitedAsync(string tenantId, CancellationToken cancellationToken) =>
        await identities.ReadAsync<MailSettingsDocument>(MailSettingsDocument.KeyOf(tenantId), MailSettingsDocument.DocumentId, cancellationToken)
            is { Invitations: true };

    /// <summary>Queues the sending of a mail.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="resumed">Marks a message that is sent again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="QueueUnavailableException">The bus is out.</exception>
    public Task SendAsync(MailDocument mail, string? resumed, CancellationToken cancellationToken) => queues.SendAsync(
        Queues.Mails,
        new MailMessage { TenantId = mail.TenantId, UserId = mail.UserId, MailId = mail.MailId, Resumed = resumed },
        due: null,
        cancellationToken);
}
