namespace BlokSec.Contracts;

/// <summary>The kinds of actors in audit entries.</summary>
public static class AuditActorKinds
{
    /// <summary>A person with an access token.</summary>
    public const string Administrator = "administrator";

    /// <summary>A directory that provisions users.</summary>
    public const string Directory = "directory";

    /// <summary>An application that acts for itself, such as a receiver of events.</summary>
    public const string Application = "application";

    /// <summary>Whoever has the private key of a phone.</summary>
    public const string Phone = "phone";

    /// <summary>A function that no caller waits for, such as one that works through a queue.</summary>
    public const string System = "system";
}

/// <summary>An entry for the auditor, written in the same transaction as what it tells.</summary>
/// <param name="EntryId">Its id; sorts by time.</param>
/// <param name="At">When.</param>
/// <param name="ActorKind">One of <see cref="AuditActorKinds"/>.</param>
/// <param name="ActorName">The administrator's name, the device's id or the function's name.</param>
/// <param name="Action">What was done: one of <see cref="AuditActions"/>.</param>
/// <param name="Targets">The ids it was done to: devices, a claim or an operation.</param>
/// <param name="OperationId">The operation it belongs to.</param>
/// <param name="Reason">Why, in the administrator's words, or what a provider said.</param>
/// <param name="Before">What was, by name.</param>
/// <param name="After">What is, by name.</param>
/// <param name="Alert">Whether somebody has to look.</param>
/// <param name="ActorId">The subject in the administrator's access token, the device's id or the function's name.</param>
/// <param name="ActorAddress">The IP address that an administrator's call came from; null for other actors.</param>
/// <param name="TraceId">The trace that it happened in, to look for in the telemetry: 32 hexadecimal digits.</param>
/// <param name="Count">How often it happened. Alerts of one kind within a day are one entry, which tells the first of them.</param>
/// <param name="LastAt">When it happened last; null when it happened once.</param>
public sealed record AuditEntryDetails(
    string EntryId,
    DateTimeOffset At,
    string ActorKind,
    string ActorName,
    string Action,
    IReadOnlyList<string> Targets,
    string? OperationId,
    string? Reason,
    IReadOnlyDictionary<string, string?>? Before,
    IReadOnlyDictionary<string, string?>? After,
    bool Alert,
    string? ActorId = null,
    string? ActorAddress = null,
    string? TraceId = null,
    int Count = 1,
    DateTimeOffset? LastAt = null)
{
    /// <summary>The user it was done to; null when it was done to something else of the tenant, such as an application.</summary>
    public string? UserId { get; init; }

    /// <summary>The browser or program that the call came from, in its own words; null for other actors.</summary>
    public string? ActorAgent { get; init; }
}

/// <summary>A page of a user's or a tenant's audit, newest first. Entries are kept for 400 days, unless the deployment sets another time.</summary>
/// <param name="Entries">The entries of this page.</param>
/// <param name="Continuation">Pass it back, with the same filters, for the next page; null on the last. A page may have no entries and still not be the last.</param>
public sealed record AuditEntryList(IReadOnlyList<AuditEntryDetails> Entries, string? Continuation)
{
    /// <summary>How many entries were left out of this page because their documents cannot be read.</summary>
    public int Unreadable { get; init; }
}

/// <summary>How far a tenant's audit is sealed, signed and checked; see <c>docs/audit.md</c>.</summary>
/// <param name="Blocks">The blocks of the chain.</param>
/// <param name="SealedAt">When the last one was made.</param>
/// <param name="Hash">The hash of the last one.</param>
/// <param name="SignedBlock">The block of the last signed root; 0 for none.</param>
/// <param name="SignedAt">When it was signed.</param>
/// <param name="KeyId">The key that signed it: the <c>kid</c> in the published keys.</param>
/// <param name="RootsOutOfReach">Whether roots are kept where nobody who can change the database can change them.</param>
/// <param name="CheckedAt">When the whole chain was last checked.</param>
/// <param name="CheckedBlock">Up to which block.</param>
/// <param name="Breaks">Where it is broken; empty when it is not.</param>
public sealed record AuditChainDetails(
    long Blocks,
    DateTimeOffset? SealedAt,
    string? Hash,
    long SignedBlock,
    DateTimeOffset? SignedAt,
    string? KeyId,
    bool RootsOutOfReach,
    DateTimeOffset? CheckedAt,
    long CheckedBlock,
    IReadOnlyList<AuditBreakDetails> Breaks)
{
    /// <summary>How far the audit was streamed to where the settings say; empty when they name no stream.</summary>
    public IReadOnlyList<AuditStreamDetails> Streams { get; init; } = [];
}

/// <summary>A stream of the audit.</summary>
/// <param name="Name"><c>eventGrid</c> or <c>logs</c>.</param>
/// <param name="SentBlock">The last block that the receiver has whole; 0 for none.</param>
/// <param name="WaitingBlocks">Sealed blocks that it does not have yet.</param>
/// <param name="SentAt">When it took something last.</param>
/// <param name="Failures">Tries in a row that failed; 0 when the last one did not.</param>
/// <param name="Fault">What the last of them failed of, in words.</param>
/// <param name="NotBefore">When it is tried again at the earliest.</param>
public sealed record AuditStreamDetails(
    string Name, long SentBlock, long WaitingBlocks, DateTimeOffset? SentAt, int Failures, string? Fault, DateTimeOffset? NotBefore);

/// <summary>A break of the chain.</summary>
/// <param name="Block">The block.</param>
/// <param name="Fault">What is wrong, such as <c>entry-changed</c>.</param>
/// <param name="Detail">The same in words.</param>
/// <param name="At">When it was found.</param>
/// <param name="SeenAt">When it was found last.</param>
public sealed record AuditBreakDetails(long Block, string Fault, string Detail, DateTimeOffset At, DateTimeOffset SeenAt);
