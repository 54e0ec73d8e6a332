using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BlokSec.Functions.Mail;

/// <summary>
/// The SMTP server: a few connections at the same time, one for each mail. After a failure that would meet every mail it is left alone for a
/// while, so that mails wait in the queue and not on it.
/// </summary>
internal sealed partial class MailServer(IOptions<MailOptions> options, TimeProvider time, ILogger<MailServer> logger) : IDisposable
{
    private static readonly TimeSpan LeftAloneFor = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim slots = new(options.Value.MaxConnections);
    private Outage? outage;

    /// <summary>Waits until a mail may be sent. Dispose the answer when it was.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await slots.WaitAsync(cancellationToken);
        return new Slot(slots);
    }

    /// <summary>Why no mail is sent now, and until when; null when one may be.</summary>
    public Outage? OutageAt(DateTimeOffset now) => Volatile.Read(ref outage) is { } current && now < current.Until ? current : null;

    /// <summary>Sends a mail.</summary>
    public async Task<MailResult> SendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var result = await TrySendAsync(mail, cancellationToken);
        if (result is MailResult.Failed { Everyone: true } failed)
        {
            if (Interlocked.Exchange(ref outage, new Outage(failed, time.GetUtcNow() + LeftAloneFor)) is null)
            {
                Log.LeftAlone(logger, failed.Reason);
            }
        }
        else if (Interlocked.Exchange(ref outage, null) is not null)
        {
            Log.Back(logger);
        }

        return result;
    }

    public void Dispose() => slots.Dispose();

    private async Task<MailResult> TrySendAsync(MimeMessage mail, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds));
        using var client = new Connection
        {
            // Else it would tell the server what this machine is called.
            LocalDomain = mail.From.Mailboxes.First().Domain,
            // Responders that cannot be reached must not keep people from being told.
            CheckCertificateRevocation = false,
        };
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, ProtectionOf(settings.Tls), patience.Token);
            if (settings.User.Length > 0)
            {
                await client.AuthenticateAsync(settings.User, settings.Password, patience.Token);
            }

            client.Stage = MailStage.Sender;
            await client.SendAsync(mail, patience.Token);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested && MailResult.Of(exception, client.Stage) is not null)
        {
            return MailResult.Of(exception, client.Stage)!;
        }

        await LeaveAsync(client, patience.Token);
        return new MailResult.Taken();
    }

    /// <summary>The server has the mail, whatever becomes of the connection.</summary>
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception exception) when (MailResult.Of(exception, MailStage.Content) is not null)
        {
        }
    }

    private static SecureSocketOptions ProtectionOf(MailTls tls) => tls switch
    {
        MailTls.StartTls => SecureSocketOptions.StartTls,
        MailTls.Implicit => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };

    /// <summary>That the server takes no mails.</summary>
    /// <param name="Failure">Why.</param>
    /// <param name="Until">When it is tried again.</param>
    internal sealed record Outage(MailResult.Failed Failure, DateTimeOffset Until);

    /// <summary>Knows which command a reply is to, which the library tells for some replies only.</summary>
    private sealed class Connection : SmtpClient
    {
        public MailStage Stage { get; set; }

        protected override void OnSenderAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => Stage = MailStage.Recipient;

        protected override void OnRecipientAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => Stage = MailStage.Content;
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Reason} Mails wait; the server is tried again every half minute.")]
        public static partial void LeftAlone(ILogger logger, string reason);

        [LoggerMessage(2, LogLevel.Information, "The mail server takes mails again.")]
        public static partial void Back(ILogger logger);
    }
}
