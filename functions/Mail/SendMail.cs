using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Telemetry;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Mail;

/// <summary>
/// Sends one mail, or together with it those that were held because the user got too many. A try is written down before it is made: so a message
/// that comes twice sends one mail. Only if the app dies between the server's answer and its record is the mail sent again, with the same
/// <c>Message-ID</c>.
/// </summary>
internal sealed class SendMail(IdentityStore identities, MailServer server, IOptions<MailOptions> options, TimeProvider time) : IQueueFunction<MailMessage>
{
    /// <summary>Mails that one mail tells of together; the rest comes with the next.</summary>
    private const int MostTogether = 40;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private static readonly AuditActor Actor = AuditActor.System(nameof(SendMail));

    /// <summary>How long a try may take before another is made.</summary>
    private TimeSpan Lease => TimeSpan.FromSeconds(options.Value.TimeoutSeconds + 30);

    /// <inheritdoc cref="SendMail"/>
    /// <param name="message">Which mail.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    [Function(nameof(SendMail))]
    public async Task<Outcome> HandleAsync(
        [ServiceBusTrigger(Queues.Mails, Connection = QueueOptions.Section)] MailMessage message, CancellationToken cancellationToken)
    {
        using var slot = await server.EnterAsync(cancellationToken);
        var key = new UserKey(message.TenantId, message.UserId);
        var (mails, instead) = await BeginAsync(key, message.MailId, cancellationToken);
        if (instead is not null)
        {
            return instead;
        }

        var letter = MailLetters.Of(mails, options.Value, time.GetUtcNow());
        var result = letter is null ? new MailResult.Refused("The address is not one that mail can be sent to.") : await server.SendAsync(letter, cancellationToken);
        var after = mails.Select(mail => MailOutcomes.After(mail, result, time.GetUtcNow()) with { IsHeld = mails.Count > 1 }).ToArray();
        Count(result, after[0]);
        var batch = identities.Begin(key);
        Write(batch, after);
        if (await batch.CommitAsync(cancellationToken) == BatchResult.Conflict)
        {
            // The try took longer than it may, and another one was made.
            return new Outcome.Later(time.GetUtcNow() + Lease) { IsRecorded = true };
        }

        return after[0].NextAttemptAt is { } next ? new Outcome.Later(next) { IsRecorded = true } : Outcome.Done.Instance;
    }

    public async Task GiveUpAsync(MailMessage message, string reason, CancellationToken cancellationToken)
    {
        var key = new UserKey(message.TenantId, message.UserId);
        await identities.UpdateAsync(
            key,
            stop => identities.ReadAsync<MailDocument>(key, MailDocument.IdOf(message.MailId), stop),
            (mail, attempt) =>
            {
                if (mail is { State: MailState.Waiting })
                {
                    Write(attempt.Batch, [MailOutcomes.Settled(mail, MailState.Failed, reason)]);
                }

                return mail;
            },
            cancellationToken);
    }

    /// <summary>Writes down that mails are about to be sent; or says what is to be done instead.</summary>
    private async Task<(IReadOnlyList<MailDocument> Mails, Outcome? Instead)> BeginAsync(UserKey key, string mailId, CancellationToken cancellationToken)
    {
        PartitionBatch? batch = null;
        var begun = await identities.UpdateAsync(key, stop => ReadAsync(key, mailId, stop), Decide, cancellationToken);
        if (!begun.IsWritten || begun.Value.Instead is not null)
        {
            return ([], begun.Value.Instead ?? new Outcome.Later(time.GetUtcNow().AddSeconds(1)));
        }

        return ([.. begun.Value.Mails.Select(mail => mail with { ETag = batch!.ETagOf(mail.Id) })], null);

        (IReadOnlyList<MailDocument> Mails, Outcome? Instead) Decide(Found found, UpdateAttempt attempt)
        {
            var now = time.GetUtcNow();
            if (found.Mail is not { State: MailState.Waiting, NextAttemptAt: { } due } mail)
            {
                return ([], Outcome.Done.Instance);
            }

            mail.EnsureWritable();
            if (due > now)
            {
                return ([], new Outcome.Later(due) { IsRecorded = true });
            }

            if (Hold(mail, found.Ledger, now) is { } changed)
            {
                Write(attempt.Batch, [changed]);
                return ([], changed.NextAttemptAt is { } next ? new Outcome.Later(next) { IsRecorded = true } : Outcome.Done.Instance);
            }

            batch = attempt.Batch;
            var together = found.Others.Where(other => other.Id != mail.Id && other.Notice.To == mail.Notice.To).Take(MostTogether - 1).Prepend(mail)
                .Select(told => told with { NextAttemptAt = now + Lease, IsHeld = false }).ToArray();
            foreach (var told in together)
            {
                batch.Replace(told);
            }

            batch.Write(Noted(key, found.Ledger, mail.MailId, now));
            return (together, null);
        }
    }

    /// <summary>The mail as it waits on, or is given up; null when it may be sent now.</summary>
    private MailDocument? Hold(MailDocument mail, MailLedgerDocument? ledger, DateTimeOffset now)
    {
        if (!options.Value.IsOn)
        {
            return MailOutcomes.Settled(mail, MailState.Failed, "Mail was switched off before it was sent.");
        }

        if (server.OutageAt(now) is { } outage)
        {
            Measures.Mail("held");
            return MailOutcomes.Postponed(mail, outage.Failure, outage.Until, now);
        }

        var recent = Recent(ledger, now);
        return recent.Count < options.Value.MaxPerHour || recent.ContainsKey(mail.MailId)
            ? null
            : mail with { IsHeld = true, NextAttemptAt = recent.Values.Min() + Hour };
    }

    private async Task<Found> ReadAsync(UserKey key, string mailId, CancellationToken cancellationToken)
    {
        var reading = identities.ReadAsync<MailLedgerDocument>(key, MailLedgerDocument.DocumentId, cancellationToken);
        var mail = await identities.ReadAsync<MailDocument>(key, MailDocument.IdOf(mailId), cancellationToken);
        var ledger = await reading;
        if (mail is not { State: MailState.Waiting, IsHeld: true })
        {
            return new Found(mail, ledger, []);
        }

        var waiting = await identities.PageAsync<MailDocument>(
            key, "SELECT * FROM c WHERE c.type = 'mail' AND c.state = 'waiting' ORDER BY c.id", [], 2 * MostTogether, "", cancellationToken);
        return new Found(mail, ledger, [.. waiting.Documents.Where(other => other.IsHeld && other.SchemaVersion <= IdentityDocument.CurrentSchemaVersion)]);
    }

    private static MailLedgerDocument Noted(UserKey key, MailLedgerDocument? ledger, string mailId, DateTimeOffset now) => new()
    {
        Id = MailLedgerDocument.DocumentId,
        TenantId = key.TenantId,
        UserId = key.UserId,
        ETag = ledger?.ETag,
        Tries = new Dictionary<string, DateTimeOffset>(Recent(ledger, now)) { [mailId] = now },
        Ttl = (int)(2 * Hour).TotalSeconds,
    };

    private static Dictionary<string, DateTimeOffset> Recent(MailLedgerDocument? ledger, DateTimeOffset now) =>
        ledger?.Tries.Where(tried => (now - tried.Value).Duration() < Hour).ToDictionary() ?? [];

    /// <summary>Writes mails, and for the auditor whether the person was told.</summary>
    private void Write(PartitionBatch batch, IReadOnlyList<MailDocument> mails)
    {
        foreach (var mail in mails)
        {
            batch.Replace(mail);
        }

        if (mails[0] is { State: not MailState.Waiting } settled)
        {
            var action = settled.State == MailState.Sent ? AuditActions.MailSent : AuditActions.MailFailed;
            batch.Create(settled.Key.Entry(time.GetUtcNow(), Actor, action, [.. mails.Select(mail => mail.MailId)]) with
            {
                Reason = settled.Reason,
                After = new Dictionary<string, string?>
                {
                    ["to"] = settled.Notice.To,
                    ["about"] = string.Join(", ", mails.Select(mail => MailTexts.WordOf(mail.Notice.Occasion)).Distinct()),
                },
            });
        }
    }

    private static void Count(MailResult result, MailDocument after) => Measures.Mail(result switch
    {
        MailResult.Taken => "sent",
        _ when after.State == MailState.Failed => "failed",
        MailResult.Failed { IsMisconfigured: true } => "misconfigured",
        _ => "postponed",
    });

    /// <summary>What a try is decided on.</summary>
    private sealed record Found(MailDocument? Mail, MailLedgerDocument? Ledger, IReadOnlyList<MailDocument> Others);
}
