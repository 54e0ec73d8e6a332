using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace BlokSec.Functions.Mail;

/// <summary>What became of a try to send a mail.</summary>
internal abstract record MailResult
{
    private MailResult()
    {
    }

    /// <summary>The server has taken it.</summary>
    internal sealed record Taken : MailResult;

    /// <summary>The server does not take this mail; it would say the same again.</summary>
    /// <param name="Reason">Why, in plain words.</param>
    internal sealed record Refused(string Reason) : MailResult;

    /// <summary>The server does not take it now.</summary>
    /// <param name="Reason">Why, in plain words.</param>
    internal sealed record Failed(string Reason) : MailResult
    {
        /// <summary>Whether the next mail would fare the same: the server is out, or does not let us in.</summary>
        public bool Everyone { get; init; }

        /// <summary>Whether somebody has to change our settings, or the server's.</summary>
        public bool IsMisconfigured { get; init; }
    }

    /// <summary>What an exception means (RFC 5321, section 4.2; RFC 4954, section 6); null for a bug of ours. Never the server's own words, which may name others.</summary>
    public static MailResult? Of(Exception exception, MailStage stage) => exception switch
    {
        SmtpCommandException refused => Of((int)refused.StatusCode, stage),
        AuthenticationException or ServiceNotAuthenticatedException => Misconfigured("The mail server does not accept our sign-in."),
        SslHandshakeException => Misconfigured("The mail server has no certificate that we trust."),
        NotSupportedException when stage == MailStage.Connecting => Misconfigured("The mail server does not offer what is required of it: TLS, or a way to sign in."),
        NotSupportedException => new Refused("The mail server does not send to addresses of this kind."),
        OperationCanceledException or TimeoutException => new Failed("The mail server did not answer in time.") { Everyone = true },
        SocketException or IOException or ProtocolException or ServiceNotConnectedException =>
            new Failed("The mail server cannot be reached, or broke the connection.") { Everyone = true },
        _ => null,
    };

    private static MailResult Of(int status, MailStage stage) => (stage, status) switch
    {
        (_, 421) => new Failed("The mail server is out of service (421).") { Everyone = true },
        (_, 530 or 534 or 535 or 538) => Misconfigured($"The mail server does not accept our sign-in ({status})."),
        (MailStage.Connecting, >= 500) => Misconfigured($"The mail server does not talk to us ({status})."),
        (MailStage.Sender, >= 500) => Misconfigured($"The mail server does not accept our address as the sender ({status})."),
        (MailStage.Recipient, >= 500) => new Refused($"The mail server does not accept the address ({status})."),
        (MailStage.Content, >= 500) => new Refused($"The mail server does not accept the mail ({status})."),
        (MailStage.Connecting or MailStage.Sender, _) => new Failed($"The mail server takes no mails now ({status}).") { Everyone = true },
        _ => new Failed($"The mail server does not take the mail now ({status})."),
    };

    private static Failed Misconfigured(string reason) => new(reason) { Everyone = true, IsMisconfigured = true };
}

/// <summary>How far a try was.</summary>
internal enum MailStage
{
    /// <summary>Connecting, TLS, sign-in.</summary>
    Connecting,

    /// <summary>The sender was not accepted yet.</summary>
    Sender,

    /// <summary>The recipient was not accepted yet.</summary>
    Recipient,

    /// <summary>The mail itself.</summary>
    Content,
}
