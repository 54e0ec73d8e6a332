using System.Net;
using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Control;
using BlokSec.Local.Mail;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace BlokSec.Functions.Tests.Mail;

/// <summary>The local mailbox, with mails of people who mean harm.</summary>
public sealed class MailboxPageTests(MailCloud cloud) : IClassFixture<MailCloud>
{
    private const string Hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>";

    private TestCloud Test => cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mail_is_shown_as_text_and_its_HTML_in_a_document_that_may_do_nothing()
    {
        await SendAsync("maria@contoso.example");
        await using var control = await ControlServer.StartAsync(Test.Cloud, 0);
        using var http = new HttpClient { BaseAddress = control.Address };

        var page = await http.GetStringAsync(new Uri("mailbox", UriKind.Relative), Stop);
        var mails = JsonDocument.Parse(await http.GetStringAsync(new Uri("mailbox/mails", UriKind.Relative), Stop)).RootElement;
        var newest = mails[0];
        using var html = await http.GetAsync(new Uri($"mailbox/mails/{newest.GetProperty("number").GetInt64()}/html", UriKind.Relative), Stop);
        using var none = await http.GetAsync(new Uri("mailbox/mails/999999/html", UriKind.Relative), Stop);

        Assert.Contains("/mailbox/mailbox.js", page, StringComparison.Ordinal);
        Assert.DoesNotContain("alert(", page, StringComparison.Ordinal);
        Assert.Equal(Hostile, newest.GetProperty("subject").GetString());
        Assert.Equal("maria@contoso.example", newest.GetProperty("to")[0].GetString());
        Assert.StartsWith("sandbox; default-src 'none'", Assert.Single(html.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(html.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task A_page_from_elsewhere_reads_no_mails()
    {
        await using var control = await ControlServer.StartAsync(Test.Cloud, 0);
        using var http = new HttpClient { BaseAddress = control.Address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "mailbox/mails");
        request.Headers.Add("Origin", "https://evil.example");

        using var answer = await http.SendAsync(request, Stop);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Whoever_does_not_sign_in_leaves_no_mail()
    {
        var before = Test.Cloud.Mail.Mails.Count;
        using var client = new SmtpClient();
        await client.ConnectAsync(MailStandIn.Host, Test.Cloud.Mail.Port, SecureSocketOptions.None, Stop);

        await Assert.ThrowsAsync<AuthenticationException>(() => client.AuthenticateAsync(MailStandIn.User, "a guess", Stop));
        await Assert.ThrowsAnyAsync<Exception>(() => client.SendAsync(Letter("maria@contoso.example"), Stop));

        Assert.Equal(before, Test.Cloud.Mail.Mails.Count);
    }

    private async Task SendAsync(string to)
    {
        using var client = new SmtpClient();
        await client.ConnectAsync(MailStandIn.Host, Test.Cloud.Mail.Port, SecureSocketOptions.None, Stop);
        await client.AuthenticateAsync(MailStandIn.User, Test.Cloud.Mail.Password, Stop);
        await client.SendAsync(Letter(to), Stop);
        await client.DisconnectAsync(quit: true, Stop);
    }

    private static MimeMessage Letter(string to)
    {
        var letter = new MimeMessage { Subject = Hostile, Body = new TextPart("html") { Text = Hostile } };
        letter.From.Add(new MailboxAddress(Hostile, "thief@example.com"));
        letter.To.Add(new MailboxAddress(Hostile, to));
        return letter;
    }
}
