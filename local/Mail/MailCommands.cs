using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using BlokSec.Local.Faults;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Mail;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace BlokSec.Local.Mail;

/// <summary>The commands of a session, each past the fault switches. The status of a fault is an SMTP reply code here.</summary>
internal sealed class MailCommands(MailStandIn mails, FaultGate faults) : IUserAuthenticator, IMailboxFilter, IMessageStore
{
    public const string StandIn = "smtp";

    private const int Ok = (int)SmtpReplyCode.Ok;

    /// <summary>What faults can be aimed at: the sign-in, sender, recipient and content of a mail.</summary>
    public static IReadOnlyList<string> Operations { get; } = ["auth", "from", "to", "data"];

    public async Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken)
    {
        var isRight = user == MailStandIn.User && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(password), Encoding.UTF8.GetBytes(mails.Password));
        await PassAsync(context, "auth", user, "", () => isRight ? Ok : (int)SmtpReplyCode.AuthenticationFailed, cancellationToken);
        return isRight;
    }

    public async Task<bool> CanAcceptFromAsync(ISessionContext context, IMailbox from, int size, CancellationToken cancellationToken)
    {
        await PassAsync(context, "from", from.AsAddress(), "", () => Ok, cancellationToken);
        return true;
    }

    public async Task<bool> CanDeliverToAsync(ISessionContext context, IMailbox to, IMailbox from, CancellationToken cancellationToken)
    {
        await PassAsync(context, "to", to.AsAddress(), "", () => Ok, cancellationToken);
        return true;
    }

    public async Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        var raw = buffer.ToArray();
        string[] recipients = [.. transaction.To.Select(to => to.AsAddress())];
        var refusal = await RefusalAsync(
            context,
            "data",
            string.Join(',', recipients),
            Encoding.UTF8.GetString(raw),
            () =>
            {
                mails.Keep(recipients, raw);
                return Ok;
            },
            cancellationToken);
        return refusal ?? SmtpResponse.Ok;
    }

    private async Task PassAsync(
        ISessionContext context, string operation, string what, string content, Func<int> act, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(context, operation, what, content, act, cancellationToken) is { } refusal)
        {
            throw new SmtpResponseException(refusal, quit: refusal.ReplyCode == SmtpReplyCode.ServiceUnavailable);
        }
    }

    /// <summary>What a fault answers instead; null for none.</summary>
    private async Task<SmtpResponse?> RefusalAsync(
        ISessionContext context, string operation, string what, string content, Func<int> act, CancellationToken cancellationToken)
    {
        var passage = await faults.PassAsync(
            new SeenRequest(0, StandIn, operation, "SMTP", $"/{what}") { Searchable = $"/{what} {content}", Connection = $"smtp-{context.SessionId}" },
            _ => Task.FromResult(act()),
            cancellationToken);
        if (passage.Dropped)
        {
            (context.Pipe as IDisposable)?.Dispose();
            throw new OperationCanceledException("The connection was broken on demand.");
        }

        return passage.Refusal is { Status: { } status } rule ? new SmtpResponse((SmtpReplyCode)status, rule.Reason ?? "Refused on demand") : null;
    }
}
