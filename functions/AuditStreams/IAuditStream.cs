using BlokSec.Contracts;

namespace BlokSec.Functions.AuditStreams;

/// <summary>What an entry is, compared with the block that seals it.</summary>
internal static class EntryStates
{
    /// <summary>As it was sealed.</summary>
    public const string Sealed = "sealed";

    /// <summary>Not as it was sealed.</summary>
    public const string Changed = "changed";

    /// <summary>Gone, although its time is not over.</summary>
    public const string Missing = "missing";

    /// <summary>Gone, as its time is over.</summary>
    public const string Expired = "expired";

    /// <summary>It says that a block seals it which is gone, or does not know it.</summary>
    public const string Unsealed = "unsealed";
}

/// <summary>An entry on its way into a stream.</summary>
/// <param name="EntryId">Its document id; that of the block when the block is gone with all its entries.</param>
/// <param name="UserId">Its partition.</param>
/// <param name="Block">The block.</param>
/// <param name="Hash">Its hash in the block; null when the block is gone.</param>
/// <param name="State">One of <see cref="EntryStates"/>.</param>
/// <param name="Details">As the audit API shows it; null when it is gone or cannot be read.</param>
internal sealed record StreamedEntry(string EntryId, string UserId, long Block, string? Hash, string State, AuditEntryDetails? Details);

/// <summary>What became of entries that were sent.</summary>
/// <param name="Taken">How many of them, from the first on, the receiver has.</param>
/// <param name="Fault">Why it has no more; null when it took what was sent.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone; null when it does not say.</param>
internal sealed record StreamResult(int Taken, string? Fault = null, TimeSpan? RetryAfter = null);

/// <summary>A receiver of sealed entries.</summary>
internal interface IAuditStream
{
    /// <summary>One of <see cref="AuditChain.AuditStreamNames"/>.</summary>
    string Name { get; }

    /// <summary>Sends entries of a tenant, from the first on, as many as one request takes. They may be sent again.</summary>
    Task<StreamResult> SendAsync(string tenantId, IReadOnlyList<StreamedEntry> entries, CancellationToken cancellationToken);
}
