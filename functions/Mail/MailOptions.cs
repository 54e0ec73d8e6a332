using System.ComponentModel.DataAnnotations;
using System.Net;
using BlokSec.Contracts;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BlokSec.Functions.Mail;

/// <summary>How the connection to the mail server is protected.</summary>
internal enum MailTls
{
    /// <summary>TLS from the command STARTTLS on; a server without it gets no mail and no password.</summary>
    StartTls,

    /// <summary>TLS from the first byte on, as on port 465.</summary>
    Implicit,

    /// <summary>No TLS: for development, on loopback only.</summary>
    None,
}

/// <summary>How people are told by mail of what happens with their account. Section <c>Mail</c>; off while <see cref="Host"/> is empty.</summary>
internal sealed partial class MailOptions : IValidatableObject
{
    public const string Section = "Mail";

    private const int MaxName = 100;

    /// <summary>The SMTP server that takes our mails, such as <c>smtp.example.com</c>. Default: none, no mail is sent.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port. Default: 587.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected. Default: STARTTLS, required.</summary>
    public MailTls Tls { get; set; } = MailTls.StartTls;

    /// <summary>The name that we sign in with; empty for a server that takes mails without.</summary>
    public string User { get; set; } = "";

    /// <summary>The password to <see cref="User"/>.</summary>
    public string Password { get; set; } = "";

    /// <summary>The address that mails come from. Needed when there is a <see cref="Host"/>.</summary>
    public string From { get; set; } = "";

    /// <summary>The name that mails come from, and begin their subject with. Default: BlokSec.</summary>
    public string FromName { get; set; } = "BlokSec";

    /// <summary>How people reach their help desk, such as <c>the help desk, phone 555 0100</c>. Default: <c>your organization's help desk</c>.</summary>
    public string HelpDesk { get; set; } = "your organization's help desk";

    /// <summary>Seconds that one mail may take, connection included. Default: 30.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>Mails that one instance sends at the same time. Default: 3, as many as common providers allow.</summary>
    [Range(1, 32)]
    public int MaxConnections { get; set; } = 3;

    /// <summary>Mails that a user gets in an hour; what happens beyond is told together, when the hour is over. Default: 10.</summary>
    [Range(1, 100)]
    public int MaxPerHour { get; set; } = 10;

    /// <summary>Days that a mail is tried again while the server does not take it. Default: 3.</summary>
    [Range(1, 25)]
    public int RetryDays { get; set; } = 3;

    /// <summary>Whether mails are sent at all.</summary>
    internal bool IsOn => Host.Length > 0;

    // No regular expression, which would be built at every start.
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsOn)
        {
            yield break;
        }

        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
        {
            yield return new ValidationResult("must be a host name.", [nameof(Host)]);
        }

        if (!MailboxAddress.TryParse(From, out var from) || from.Address != From)
        {
            yield return new ValidationResult("must be an email address.", [nameof(From)]);
        }

        if (DisplayText.Fault(FromName, MaxName) is { } name)
        {
            yield return new ValidationResult($"{name}.", [nameof(FromName)]);
        }

        if (DisplayText.Fault(HelpDesk, 2 * MaxName) is { } desk)
        {
            yield return new ValidationResult($"{desk}.", [nameof(HelpDesk)]);
        }

        if (Tls == MailTls.None && !IsLoopback(Host))
        {
            yield return new ValidationResult("must be StartTls or Implicit unless the server is on loopback.", [nameof(Tls)]);
        }

        if (User.Length > 0 && Password.Length == 0)
        {
            yield return new ValidationResult("is missing.", [nameof(Password)]);
        }
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    [OptionsValidator]
    internal sealed partial class Validator : IValidateOptions<MailOptions>;
}
