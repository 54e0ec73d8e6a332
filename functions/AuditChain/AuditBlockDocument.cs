using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.AuditChain;

/// <summary>An entry that a block seals.</summary>
/// <param name="Id">Its document id.</param>
/// <param name="UserId">Its partition.</param>
/// <param name="Hash">See <see cref="AuditHashes.OfEntry"/>.</param>
/// <param name="Until">The second of Unix time until which it is kept at least; null for ever.</param>
internal sealed record SealedEntry(string Id, string UserId, string Hash, long? Until)
{
    /// <summary>Where a stored entry says that it is; an empty text for a user that is no text, which the service never writes.</summary>
    public static (string Id, string UserId) PlaceOf(JsonElement entry) => (
        IdentityStore.IdOf(entry),
        entry.TryGetProperty("userId", out var userId) && userId.ValueKind == JsonValueKind.String ? userId.GetString()! : "");
}

/// <summary>A block of a tenant's chain. It is never changed and never deleted: what it holds are ids and hashes.</summary>
internal sealed record AuditBlockDocument : IdentityDocument
{
    public const string DocumentType = "auditBlock";

    /// <summary>Entries of one block.</summary>
    public const int MaxEntries = 200;

    public override string Type => DocumentType;

    /// <summary>From 1, without a gap.</summary>
    public required long Number { get; init; }

    /// <summary>The hash of the block before; null in the first.</summary>
    public string? Previous { get; init; }

    public required DateTimeOffset SealedAt { get; init; }

    /// <summary>In the order of ids.</summary>
    public required IReadOnlyList<SealedEntry> Entries { get; init; }

    /// <summary>The entries of a block that may have been changed in the database: those that are entries at all.</summary>
    [JsonIgnore]
    public IEnumerable<SealedEntry> Listed => (Entries ?? []).OfType<SealedEntry>().Where(entry => entry is { Id: not null, UserId: not null });

    /// <summary>See <see cref="AuditHashes.OfBlock"/>.</summary>
    public string? Hash { get; init; }

    public static string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{DocumentType}:{number:D12}");
}

/// <summary>A signed root of a tenant's chain.</summary>
internal sealed record AuditRootDocument : IdentityDocument
{
    public const string DocumentType = "auditRoot";

    public override string Type => DocumentType;

    /// <summary>The block that it is about.</summary>
    public required long Number { get; init; }

    /// <summary>The root; see <see cref="AuditRoots"/>.</summary>
    public required string Jws { get; init; }

    public static string IdOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{DocumentType}:{number:D12}");
}
