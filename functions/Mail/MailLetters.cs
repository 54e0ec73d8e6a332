using BlokSec.Functions.Identities;
using MimeKit;

namespace BlokSec.Functions.Mail;

/// <summary>Makes the mails as they leave. Nothing that somebody typed stands in a header, except the address.</summary>
internal static class MailLetters
{
    /// <summary>The mail; null when the address is not one that mail can be sent to.</summary>
    /// <param name="mails">What it tells of, one or several; the first gives it its id.</param>
    /// <param name="options">Who sends it.</param>
    /// <param name="now">The time.</param>
    public static MimeMessage? Of(IReadOnlyList<MailDocument> mails, MailOptions options, DateTimeOffset now)
    {
        var first = mails[0];
        if (AddressOf(first.Notice.To) is not { } to)
        {
            return null;
        }

        var from = MailboxAddress.Parse(options.From);
        var text = MailTexts.Of(mails, options);
        var letter = new MimeMessage
        {
            Date = now,

            // The same for each try: a server or reader that has it already can tell.
            MessageId = $"{RequestIds.Fingerprint(first.TenantId, first.UserId, first.MailId)[..32]}@{from.Domain}",
            Subject = text.Subject,
            Body = new MultipartAlternative(new TextPart("plain") { Text = text.Plain }, new TextPart("html") { Text = text.Html }),
        };
        letter.From.Add(new MailboxAddress(options.FromName, options.From));
        letter.To.Add(to);

        // RFC 3834: no machine answers.
        letter.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        letter.Headers.Add("X-Auto-Response-Suppress", "All");
        letter.Body.Headers.Add(HeaderId.ContentLanguage, "en");
        return letter;
    }

    /// <summary>One address and nothing else: no name, no group, no second address, no control characters.</summary>
    private static MailboxAddress? AddressOf(string text) =>
        text.Length <= 320 && !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var address) && address.Address == text
        && address.LocalPart.Length > 0 && address.Domain.Length > 0
            ? address
            : null;
}
