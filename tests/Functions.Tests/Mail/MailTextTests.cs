using BlokSec.Contracts;
using BlokSec.Functions.Mail;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace BlokSec.Functions.Tests.Mail;

/// <summary>What people typed cannot make a mail of ours say something else, go elsewhere or lead anywhere.</summary>
public sealed class MailTextTests
{
    private static readonly MailOptions Options = new() { Host = "smtp.example.com", From = "no-reply@example.com", FromName = "Contoso", HelpDesk = "the desk" };

    [Theory]
    [InlineData("Anna's iPhone", "Anna's iPhone")]
    [InlineData("  Pixel\r\nBcc: thief@example.com", null)]
    [InlineData("Phone\r\nSubject: hello", "Phone Subject: hello")]
    [InlineData("abc\u202Egpj.exe", null)]
    [InlineData("visit evil.example now", null)]
    [InlineData("https://evil", null)]
    [InlineData("WWW evil", null)]
    [InlineData("evil\uFF0Eexample", null)]
    [InlineData("call +1 416 555 0134", null)]
    [InlineData("iPhone 16.1", "iPhone 16.1")]
    [InlineData("\u0000\u200B", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_name_is_cleaned_and_left_out_when_it_leads_somewhere(string? typed, string? shown) => Assert.Equal(shown, MailTexts.Named(typed));

    [Fact]
    public void A_name_of_500_characters_is_cut() => Assert.Equal(60, MailTexts.Named(new string('n', 500))!.Length);

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<b onclick='x'>\"&amp;")]
    [InlineData("--\"><h1>Your account is locked")]
    public void HTML_in_a_name_is_text(string name)
    {
        var text = MailTexts.Of([Mail(name)], Options);

        Assert.DoesNotContain("<script", text.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b ", text.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<h1", text.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a@example.com\r\nBcc: b@example.com")]
    [InlineData("a@example.com, b@example.com")]
    [InlineData("Friends: a@example.com, b@example.com;")]
    [InlineData("Name <a@example.com>")]
    [InlineData("<a@example.com>")]
    [InlineData("a@example.com\0")]
    [InlineData("no address")]
    [InlineData("@example.com")]
    [InlineData("a@")]
    public void What_is_more_or_less_than_one_address_gets_no_mail(string to)
    {
        var mail = Mail("Phone");

        Assert.Null(MailLetters.Of([mail with { Notice = mail.Notice with { To = to } }], Options, DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public void The_same_mail_has_the_same_id_and_headers_of_its_own_only()
    {
        var (one, again) = (MailLetters.Of([Mail("A\r\nBcc: x")], Options, DateTimeOffset.UnixEpoch)!, MailLetters.Of([Mail("A\r\nBcc: x")], Options, DateTimeOffset.UnixEpoch.AddDays(1))!);

        Assert.Equal(one.MessageId, again.MessageId);
        Assert.EndsWith("@example.com", one.MessageId, StringComparison.Ordinal);
        string[] expected = ["Auto-Submitted", "Date", "From", "Message-Id", "MIME-Version", "Subject", "To", "X-Auto-Response-Suppress"];
        Assert.All(one.Headers, header => Assert.Contains(header.Field, expected, StringComparer.OrdinalIgnoreCase));
        Assert.All(one.Headers, header => Assert.DoesNotContain("Bcc", header.Value, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("Recipient", 550, "Refused")]
    [InlineData("Recipient", 554, "Refused")]
    [InlineData("Recipient", 450, "Failed")]
    [InlineData("Recipient", 451, "Failed")]
    [InlineData("Content", 554, "Refused")]
    [InlineData("Content", 452, "Failed")]
    [InlineData("Sender", 550, "Misconfigured")]
    [InlineData("Sender", 530, "Misconfigured")]
    [InlineData("Sender", 451, "Out")]
    [InlineData("Recipient", 530, "Misconfigured")]
    [InlineData("Recipient", 421, "Out")]
    [InlineData("Connecting", 454, "Out")]
    [InlineData("Connecting", 554, "Misconfigured")]
    public void A_reply_has_one_meaning(string stage, int status, string meaning)
    {
        var result = MailResult.Of(
            new SmtpCommandException(SmtpErrorCode.UnexpectedStatusCode, (SmtpStatusCode)status, "The server's words"), Enum.Parse<MailStage>(stage));

        Assert.Equal(meaning, MeaningOf(result));
        Assert.DoesNotContain("server's words", $"{result}", StringComparison.Ordinal);
    }

    [Fact]
    public void What_breaks_before_a_reply_has_one_meaning_and_a_bug_none()
    {
        Assert.Equal("Misconfigured", MeaningOf(MailResult.Of(new AuthenticationException(), MailStage.Connecting)));
        Assert.Equal("Misconfigured", MeaningOf(MailResult.Of(new SslHandshakeException(), MailStage.Connecting)));
        Assert.Equal("Misconfigured", MeaningOf(MailResult.Of(new NotSupportedException(), MailStage.Connecting)));
        Assert.Equal("Refused", MeaningOf(MailResult.Of(new NotSupportedException(), MailStage.Sender)));
        Assert.Equal("Out", MeaningOf(MailResult.Of(new IOException(), MailStage.Content)));
        Assert.Equal("Out", MeaningOf(MailResult.Of(new SmtpProtocolException(), MailStage.Connecting)));
        Assert.Equal("Out", MeaningOf(MailResult.Of(new System.Net.Sockets.SocketException(), MailStage.Connecting)));
        Assert.Equal("Out", MeaningOf(MailResult.Of(new OperationCanceledException(), MailStage.Content)));
        Assert.Null(MailResult.Of(new InvalidOperationException(), MailStage.Content));
    }

    [Theory]
    [InlineData("smtp.example.com", "None", "no-reply@example.com", "", "", "Tls")]
    [InlineData("127.0.0.1", "None", "no-reply@example.com", "", "", null)]
    [InlineData("smtp.example.com", "StartTls", "no-reply@example.com", "user", "", "Password")]
    [InlineData("smtp.example.com", "StartTls", "Someone <no-reply@example.com>", "", "", "From")]
    [InlineData("smtp.example.com", "StartTls", "", "", "", "From")]
    [InlineData("smtp example", "StartTls", "no-reply@example.com", "", "", "Host")]
    [InlineData("", "None", "", "user", "", null)]
    public void Settings_that_would_leak_or_fail_are_refused_at_the_start(string host, string tls, string from, string user, string password, string? wrong)
    {
        var options = new MailOptions { Host = host, Tls = Enum.Parse<MailTls>(tls), From = from, User = user, Password = password };

        var faults = options.Validate(new System.ComponentModel.DataAnnotations.ValidationContext(options)).SelectMany(fault => fault.MemberNames);

        Assert.Equal(wrong is null ? [] : [wrong], faults);
    }

    private static string? MeaningOf(MailResult? result) => result switch
    {
        null => null,
        MailResult.Failed { IsMisconfigured: true, Everyone: true } => "Misconfigured",
        MailResult.Failed { Everyone: true } => "Out",
        _ => result.GetType().Name,
    };

    private static MailDocument Mail(string name) => new()
    {
        Id = "mail:1",
        TenantId = "contoso",
        UserId = "maria",
        MailId = "1",
        State = MailState.Waiting,
        At = DateTimeOffset.UnixEpoch,
        RetryUntil = DateTimeOffset.UnixEpoch,
        Notice = new MailNotice(MailOccasion.PhoneAdded, "maria@example.com", AuditActorKinds.Phone)
        {
            Name = name,
            Phones = [new MailedPhone(name, name, DevicePlatform.Ios, name)],
        },
    };
}
