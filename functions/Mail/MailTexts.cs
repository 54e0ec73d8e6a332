using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using BlokSec.Contracts;
using BlokSec.Functions.Http;

namespace BlokSec.Functions.Mail;

/// <summary>The text of a mail, in its two forms.</summary>
internal sealed record MailText(string Subject, string Plain, string Html);

/// <summary>
/// What mails say: what happened, when, where, who did it, and what to do if it was not them. There is no link in them and no code, so that a mail
/// that has one is not ours; and what somebody typed is cut, cleaned, and left out when it looks like a link or a telephone number.
/// </summary>
internal static class MailTexts
{
    private const int MaxName = 60;

    /// <summary>Phones or events that a mail lists.</summary>
    private const int MostListed = 30;

    /// <summary>Digits in a name from which on it may be a telephone number.</summary>
    private const int ManyDigits = 7;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static MailText Of(IReadOnlyList<MailDocument> mails, MailOptions options)
    {
        var first = mails[0];
        var paragraphs = mails.Count == 1 ? One(first) : Several([.. mails.OrderBy(mail => mail.At)]);
        var greeting = Named(first.Notice.Name) is { } name ? $"Hello {name}," : "Hello,";
        string[] all = [greeting, .. paragraphs, .. Advice(mails, options)];
        var subject = $"{options.FromName}: {(mails.Count == 1 ? SubjectOf(first.Notice) : "several changes of your account")}";
        return new MailText(subject, string.Join("\r\n\r\n", all.Select(text => text.ReplaceLineEndings("\r\n"))) + "\r\n", Html(subject, all));
    }

    /// <summary>An occasion in one word, for the auditor.</summary>
    public static string WordOf(MailOccasion occasion) => occasion switch
    {
        MailOccasion.Invited => "invitation",
        MailOccasion.ClaimMade => "claim made",
        MailOccasion.PhoneAdded => "phone added",
        MailOccasion.PhoneRestored => "phone restored",
        MailOccasion.PhoneRemoved => "phone removed",
        MailOccasion.AllUnregistered => "all phones unregistered",
        _ => "address changed",
    };

    /// <summary>A name as a mail shows it; null when nothing of it may be shown.</summary>
    public static string? Named(string? text) => DisplayTexts.Clean(text, MaxName) is { } clean && !IsAnInvitation(clean) ? clean : null;

    private static string SubjectOf(MailNotice notice) => notice.Occasion switch
    {
        MailOccasion.Invited => "you are invited",
        MailOccasion.ClaimMade => "a new phone can be registered for you",
        MailOccasion.PhoneAdded => "a phone was added to your account",
        MailOccasion.PhoneRestored => "a phone was added from your backup",
        MailOccasion.PhoneRemoved => "a phone was removed from your account",
        MailOccasion.AllUnregistered => "all your phones were unregistered",
        _ => "the email address of your account was changed",
    };

    private static string Sentence(MailNotice notice) => notice.Occasion switch
    {
        MailOccasion.Invited =>
            "You were invited to sign in with your phone. Your administrator gives you a QR code; install the BlokSec app from your phone's store, open it, and scan the code.",
        MailOccasion.ClaimMade => "A QR code was made with which a phone can be registered for you. Your administrator gives it to you; scan it with the BlokSec app.",
        MailOccasion.PhoneAdded => "A phone was registered for you with a QR code. From now on sign-ins can be approved on it.",
        MailOccasion.PhoneRestored => "A phone was added to your account from your backup. From now on sign-ins can be approved on it.",
        MailOccasion.PhoneRemoved when notice.IsLost => "A phone was reported as lost or stolen and removed from your account. Nothing can be approved on it any more.",
        MailOccasion.PhoneRemoved => "A phone was removed from your account. Nothing can be approved on it any more.",
        MailOccasion.AllUnregistered => "All your phones were unregistered and your identity was reset. You register a phone again with a QR code from your administrator.",
        _ => "The email address of your account was changed. Later changes are not told to this address any more.",
    };

    private static string[] One(MailDocument mail) => [Sentence(mail.Notice), string.Join('\n', Facts(mail))];

    private static string[] Several(IReadOnlyList<MailDocument> mails) =>
    [
        "Several changes were made to your account in a short time:",
        .. mails.Take(MostListed).Select(mail => $"{Sentence(mail.Notice)}\n{string.Join('\n', Facts(mail))}"),
        .. mails.Count > MostListed ? [$"And {mails.Count - MostListed} more."] : Array.Empty<string>(),
    ];

    private static IEnumerable<string> Facts(MailDocument mail)
    {
        var notice = mail.Notice;
        yield return $"When: {Moment(mail.At)}";
        foreach (var phone in notice.Phones.Take(MostListed))
        {
            yield return $"Phone: {Described(phone)}";
        }

        if (notice.Phones.Count > MostListed)
        {
            yield return $"And {notice.Phones.Count - MostListed} more phones.";
        }

        if (notice.Address is not null && IPAddress.TryParse(notice.Address, out var address))
        {
            yield return $"From: IP address {address}";
        }

        yield return $"By: {Who(notice.By)}";
        if (notice.ExpiresAt is { } until)
        {
            yield return $"Your administrator has to give you the QR code before: {Moment(until)}";
        }
    }

    private static IEnumerable<string> Advice(IReadOnlyList<MailDocument> mails, MailOptions options)
    {
        yield return mails.All(mail => mail.Notice.Occasion == MailOccasion.Invited)
            ? $"If you do not expect this, tell {options.HelpDesk}."
            : $"If this was you, or you know of it, there is nothing to do. If not, somebody else may be using your account: tell {options.HelpDesk} at once.";
        yield return "This mail has no links and no codes, and asks you for nothing. Do not give a QR code or a code to anybody, whoever asks. "
            + "It was sent automatically; answers are not read.";
    }

    private static string Described(MailedPhone phone)
    {
        var platform = phone.Platform == DevicePlatform.Ios ? "iOS" : "Android";
        var version = Named(phone.OsVersion);
        var system = version?.StartsWith(platform, StringComparison.OrdinalIgnoreCase) == true ? version : $"{platform} {version}".TrimEnd();
        var kind = Named(phone.Model) is { } model ? $"{model}, {system}" : system;
        return Named(phone.Name) is { } name ? $"\"{name.Replace('"', '\'')}\" ({kind})" : $"({kind})";
    }

    private static string Who(string kind) => kind switch
    {
        AuditActorKinds.Administrator => "an administrator of your organization",
        AuditActorKinds.Directory => "your organization's directory",
        AuditActorKinds.Phone => "a phone of your account",
        _ => "BlokSec, on behalf of an administrator of your organization",
    };

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Whether a name could lead its reader somewhere: a link, an address, or a number to call.</summary>
    private static bool IsAnInvitation(string name)
    {
        if (name.AsSpan().IndexOfAny("@/\\\uFF20\uFF0F") >= 0 || name.Contains("www", StringComparison.OrdinalIgnoreCase) || name.Count(char.IsDigit) >= ManyDigits)
        {
            return true;
        }

        // Mail readers make a link of "example.com", and of some that look like it.
        for (var index = 1; index < name.Length - 2; index++)
        {
            if (name[index] is '.' or '\u3002' or '\uFF0E' or '\uFF61' && char.IsLetterOrDigit(name[index - 1]) && char.IsLetter(name[index + 1]) && char.IsLetter(name[index + 2]))
            {
                return true;
            }
        }

        return false;
    }

    private static string Html(string subject, IEnumerable<string> paragraphs)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>").Append(Encoder.Encode(subject)).Append("</title></head>\n<body style=\"font-family: sans-serif\">\n");
        foreach (var paragraph in paragraphs)
        {
            html.Append("<p>").AppendJoin("<br>\n", paragraph.Split('\n').Select(line => Encoder.Encode(line))).Append("</p>\n");
        }

        return html.Append("</body>\n</html>\n").ToString();
    }
}
