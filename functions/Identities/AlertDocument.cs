namespace BlokSec.Functions.Identities;

/// <summary>Remembers the entry that alerts of one kind are folded into. While it exists, an alert of that kind makes no other entry.</summary>
internal sealed record AlertDocument : IdentityDocument
{
    public const string DocumentType = "alert";

    public override string Type => DocumentType;

    /// <summary>The document id of the audit entry.</summary>
    public required string EntryId { get; init; }

    /// <summary>Seconds that Cosmos DB keeps the document: a day after the first alert, the next one makes a new entry.</summary>
    public int Ttl { get; init; } = 24 * 3600;

    /// <param name="action">The kind of alert: one of <see cref="Contracts.AuditActions"/>.</param>
    public static string IdOf(string action) => $"alert:{action}";
}
