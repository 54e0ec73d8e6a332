using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditChain;

/// <summary>What is broken in a chain.</summary>
/// <param name="Number">The block.</param>
/// <param name="Fault">One of <see cref="AuditFaults"/>.</param>
/// <param name="At">When it was found.</param>
/// <param name="SeenAt">When it was found last.</param>
internal sealed record AuditBreak(long Number, string Fault, DateTimeOffset At, DateTimeOffset SeenAt);

/// <summary>How far a chain was checked.</summary>
/// <param name="Next">The block that is checked next.</param>
/// <param name="Previous">The hash of the block before it.</param>
/// <param name="Roots">The hashes of roots that the next one may name as the one before it, see <see cref="RootLinks"/>; null when that is not known.</param>
/// <param name="StartedAt">When the check of the whole chain began that is under way.</param>
/// <param name="CompletedAt">When the chain was last checked whole.</param>
/// <param name="CompletedTo">Up to which block that was.</param>
/// <param name="Latest">The latest time that entries of the blocks before tell, see <see cref="AuditTimes"/>.</param>
internal sealed record AuditCheck(
    long Next = 1,
    string? Previous = null,
    IReadOnlyList<string>? Roots = null,
    DateTimeOffset? StartedAt = null,
    DateTimeOffset? CompletedAt = null,
    long CompletedTo = 0,
    DateTimeOffset? Latest = null);

/// <summary>The head of a tenant's chain, and how far it was signed and checked. Each worker changes members of its own.</summary>
internal sealed record AuditChainDocument : IdentityDocument
{
    public const string DocumentType = "auditChain";

    public const string DocumentId = DocumentType;

    public override string Type => DocumentType;

    /// <summary>The last block.</summary>
    public required long Number { get; init; }

    /// <summary>Its hash.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset SealedAt { get; init; }

    /// <summary>Whether the entries of the last block have its number.</summary>
    public bool Marked { get; init; }

    /// <summary>The latest time that a sealed entry tells: what comes an hour after it with an earlier time was not written then.</summary>
    public DateTimeOffset? Watermark { get; init; }

    /// <summary>The block of the last signed root; 0 for none.</summary>
    public long Signed { get; init; }

    public DateTimeOffset? SignedAt { get; init; }

    /// <summary>The hash of the last root.</summary>
    public string? Root { get; init; }

    /// <summary>The key that signed it.</summary>
    public string? KeyId { get; init; }

    public AuditCheck? Check { get; init; }

    public IReadOnlyList<AuditBreak> Breaks { get; init; } = [];

    public static UserKey KeyOf(string tenantId) => AuditEntries.KeyOf(tenantId);
}

/// <summary>What can be wrong with a chain.</summary>
internal static class AuditFaults
{
    /// <summary>A block is gone.</summary>
    public const string BlockMissing = "block-missing";

    /// <summary>A block is not what its hash says.</summary>
    public const string BlockChanged = "block-changed";

    /// <summary>A block does not follow the one before it.</summary>
    public const string BlockUnlinked = "block-unlinked";

    /// <summary>An entry of a block is gone, although its time is not over.</summary>
    public const string EntryMissing = "entry-missing";

    /// <summary>An entry of a block is not what it was.</summary>
    public const string EntryChanged = "entry-changed";

    /// <summary>An entry says that a block seals it which does not, or is of no user, so that none can.</summary>
    public const string EntryForeign = "entry-foreign";

    /// <summary>An entry appeared long after the time that it tells.</summary>
    public const string EntryLate = "entry-late";

    /// <summary>An entry tells a time after the one at which it was sealed.</summary>
    public const string EntryAhead = "entry-ahead";

    /// <summary>A signed root says something else of the block.</summary>
    public const string RootDiffers = "root-differs";

    /// <summary>A signed root does not name the one before it, or the one that it names was deleted and written again from where it is kept.</summary>
    public const string RootUnlinked = "root-unlinked";

    /// <summary>Roots or entries name a block after the last one.</summary>
    public const string ChainCut = "chain-cut";

    /// <summary>The head of the chain is not its last block.</summary>
    public const string HeadChanged = "head-changed";

    /// <summary>The head of the chain cannot be read, or is none by its type.</summary>
    public const string HeadUnreadable = "head-unreadable";

    /// <summary>A stream's place was moved past the end of the chain.</summary>
    public const string StreamMoved = "stream-moved";

    /// <summary>Roots are kept of a chain that is gone as a whole.</summary>
    public const string ChainMissing = "chain-missing";

    /// <summary>Whether it happened once, so that no later check can find it repaired.</summary>
    public static bool IsOfThePast(string fault) => fault is EntryLate or StreamMoved;

    /// <summary>What it means, in words.</summary>
    public static string Words(string fault) => fault switch
    {
        BlockMissing => "A block of the audit chain is gone.",
        BlockChanged => "A block of the audit chain was changed.",
        BlockUnlinked => "A block of the audit chain does not follow the one before it.",
        EntryMissing => "A sealed audit entry is gone, although its time is not over.",
        EntryChanged => "A sealed audit entry was changed.",
        EntryForeign => "An audit entry says that it is sealed by a block that does not know it, or is of no user.",
        EntryLate => "An audit entry appeared long after the time that it tells.",
        EntryAhead => "An audit entry tells a time after the one at which it was sealed.",
        RootDiffers => "A signed root does not match its block.",
        RootUnlinked => "A signed root of the audit chain does not follow the one before it: roots between them are gone.",
        HeadUnreadable => "The head of the audit chain cannot be read, so no entry is sealed or checked.",
        StreamMoved => "The place of a stream was moved past the end of the audit chain; everything is sent again.",
        ChainMissing => "The audit chain is gone as a whole; its signed roots are still there.",
        ChainCut => "Blocks at the end of the audit chain are gone.",
        _ => "The head of the audit chain was changed.",
    };
}
