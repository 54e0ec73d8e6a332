using System.Text;
using BlokSec.Local.Mail;

namespace BlokSec.Local.Control;

/// <summary>The page that shows the mails of this run. What is in a mail is shown as text, or in a document that may do nothing.</summary>
internal static class MailboxPage
{
    /// <summary>Maps <c>/mailbox</c>, the page's files and the mails.</summary>
    public static void Map(IEndpointRouteBuilder endpoints, MailStandIn mails)
    {
        var box = endpoints.MapGroup("/mailbox");
        StaticPage.Map(box, "mailbox-page/");
        box.MapGet("/mails", () => mails.Mails.Reverse().Select(mail => new MailRow(mail.Number, mail.At, mail.Recipients, mail.Subject, mail.Text)));
        box.MapGet("/mails/{number:long}/html", (long number, HttpResponse response) => Show(mails, number, response, mail => mail.Html, "text/html"));
        box.MapGet("/mails/{number:long}/source", (long number, HttpResponse response) => Show(mails, number, response, mail => Encoding.UTF8.GetString(mail.Raw), "text/plain"));
    }

    private static IResult Show(MailStandIn mails, long number, HttpResponse response, Func<ReceivedMail, string> content, string type)
    {
        if (mails.Mails.FirstOrDefault(mail => mail.Number == number) is not { } found)
        {
            return Results.NotFound();
        }

        response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return Results.Text(content(found), type, Encoding.UTF8);
    }

    /// <summary>A mail in the list.</summary>
    private sealed record MailRow(long Number, DateTimeOffset At, IReadOnlyList<string> To, string Subject, string Text);
}
