using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Mail;

/// <summary>How far a mail is.</summary>
internal enum MailState
{
    /// <summary>It is sent, or tried again.</summary>
    Waiting,

    /// <summary>The server took it.</summary>
    Sent,

    /// <summary>It was not sent and will not be.</summary>
    Failed,
}

/// <summary>A mail to a user, in the user's partition. Its id is that of its signal: the same signal published twice makes one mail.</summary>
internal sealed record MailDocument : IdentityDocument
{
    public const string DocumentType = "mail";

    /// <summary>Seconds that Cosmos DB keeps a mail: 30 days.</summary>
    public const int RetentionSeconds = 30 * 24 * 3600;

    public override string Type => DocumentType;

    /// <summary>32 hexadecimal digits.</summary>
    public required string MailId { get; init; }

    public required MailState State { get; init; }

    public required MailNotice Notice { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset At { get; init; }

    public int Attempts { get; init; }

    /// <summary>When it is tried next, or the try that is under way is taken for lost; null when it is settled. Overdue ones are found by the timer.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>Until when it is tried again.</summary>
    public required DateTimeOffset RetryUntil { get; init; }

    /// <summary>Whether it waits because the user got too many mails; it is told together with others then.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Why it was not sent, in plain words.</summary>
    public string? Reason { get; init; }

    /// <summary>W3C trace context of the change.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Seconds that Cosmos DB keeps it.</summary>
    public int? Ttl { get; init; }

    public static string IdOf(string mailId) => $"mail:{mailId}";
}

/// <summary>When a user got mails within the last hour. Whoever sends one writes it with If-Match, so that of two at the same moment one sees the other.</summary>
internal sealed record MailLedgerDocument : IdentityDocument
{
    public const string DocumentId = "mailLedger";

    public const string DocumentType = "mailLedger";

    public override string Type => DocumentType;

    /// <summary>The time of each mail's latest try, by the mail's id.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Tries { get; init => field = value ?? new Dictionary<string, DateTimeOffset>(); } = new Dictionary<string, DateTimeOffset>();

    /// <summary>Seconds that Cosmos DB keeps it after its last change.</summary>
    public int? Ttl { get; init; }
}
