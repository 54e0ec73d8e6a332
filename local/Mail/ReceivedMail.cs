using MimeKit;

namespace BlokSec.Local.Mail;

/// <summary>A mail that the stand-in took.</summary>
/// <param name="Number">Counts up, from 1.</param>
/// <param name="At">When it came.</param>
/// <param name="Recipients">Whom it was sent to (the envelope).</param>
/// <param name="Raw">As it came.</param>
internal sealed record ReceivedMail(long Number, DateTimeOffset At, IReadOnlyList<string> Recipients, byte[] Raw)
{
    private readonly Lazy<MimeMessage> parsed = new(() => MimeMessage.Load(new MemoryStream(Raw)));

    public MimeMessage Message => parsed.Value;

    public string Subject => Message.Subject ?? "";

    /// <summary>Its text without HTML.</summary>
    public string Text => Message.TextBody ?? "";

    public string Html => Message.HtmlBody ?? "";
}
