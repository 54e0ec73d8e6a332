using System.Globalization;
using System.Text.Json;
using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Audit;

/// <summary>A piece of a chain, taken line by line in the order of the export.</summary>
/// <param name="keys">The service's keys.</param>
/// <param name="now">The time: an entry whose time is not over must be there.</param>
internal sealed class AuditPiece(KeySet keys, DateTimeOffset now)
{
    private const string RootType = "audit-root+jwt";

    private static readonly TimeSpan SealedLate = TimeSpan.FromHours(1);

    /// <summary>What the last block seals and did not come yet.</summary>
    private readonly Dictionary<(string Id, string UserId), (string Hash, long? Until)> missing = [];

    private (long First, long Last)? said;
    private string? hash;
    private DateTimeOffset sealedAt;
    private string? rootHash;
    private long roots;
    private bool isEnded;

    public string Tenant { get; private set; } = "";

    /// <summary>The first block in it.</summary>
    public long First { get; private set; }

    /// <summary>The last block in it; 0 for none.</summary>
    public long Last { get; private set; }

    public long Entries { get; private set; }

    /// <summary>Entries that are not in it, and whose time is over.</summary>
    public long Gone { get; private set; }

    /// <summary>Entries that were sealed more than an hour after the time that they tell.</summary>
    public long Late { get; private set; }

    /// <summary>The last root in it; null for none.</summary>
    public SignedRoot? Root { get; private set; }

    private long Blocks => Last == 0 ? 0 : Last - First + 1;

    /// <summary>Takes a line; what is wrong with it, or null.</summary>
    public string? Add(string kind, JsonElement line) => kind switch
    {
        _ when isEnded => "There are lines after its end.",
        "evidence" when said is null => Begin(line),
        _ when said is null => "It does not begin as an export does.",
        "block" => Block(AuditLines.Document(line, "block")),
        "entry" => Entry(AuditLines.Number(line, "block"), AuditLines.Document(line, "entry")),
        "root" => AddRoot(AuditLines.Text(line, "jws")),
        "end" => End(line),
        _ => "It begins twice.",
    };

    /// <summary>What is wrong with the whole, or null.</summary>
    public string? FaultOfWhole() =>
        !isEnded ? "Its end is missing."
        : Last == 0 ? "There is no block in it, so nothing is proven."
        : Root is null ? $"Blocks {Text(First)} to {Text(Last)} are not covered by a signed root, so nothing is proven. Roots are signed each hour: export it again then."
        : null;

    private string? Begin(JsonElement line)
    {
        (Tenant, said) = (AuditLines.Text(line, "tenant"), (AuditLines.Number(line, "first"), AuditLines.Number(line, "last")));
        return AuditLines.Number(line, "version") == 1 ? null : "It is of a later version than this tool knows.";
    }

    private string? Block(JsonElement block)
    {
        if (FaultOfMissing() is { } fault)
        {
            return fault;
        }

        var number = AuditLines.Number(block, "number");
        if (AuditLines.Text(block, "tenantId") != Tenant || AuditLines.Text(block, "type") != "auditBlock")
        {
            return $"{Name(number)} is of another tenant.";
        }

        if (number < 1 || (Last > 0 && number != Last + 1))
        {
            return Last > 0 ? $"After block {Text(Last)} comes another one than the next." : "A block in it has no number that can be.";
        }

        var previous = block.TryGetProperty("previous", out var before) ? before.GetString() : null;
        if (Last > 0 ? previous != hash : (number == 1) != (previous is null))
        {
            return $"{Name(number)} does not follow the one before it.";
        }

        hash = AuditHashes.OfBlock(block);
        if (hash != AuditLines.Text(block, "hash"))
        {
            return $"{Name(number)} was changed: its hash is another one.";
        }

        (First, Last, sealedAt) = (Last == 0 ? number : First, number, block.GetProperty("sealedAt").GetDateTimeOffset());
        foreach (var entry in block.GetProperty("entries").EnumerateArray())
        {
            if (!missing.TryAdd(
                (AuditLines.Text(entry, "id"), AuditLines.Text(entry, "userId")),
                (AuditLines.Text(entry, "hash"), entry.TryGetProperty("until", out var until) ? until.GetInt64() : null)))
            {
                return $"{Name(number)} seals an entry twice.";
            }
        }

        return null;
    }

    private string? Entry(long block, JsonElement entry)
    {
        var id = (AuditLines.Text(entry, "id"), AuditLines.Text(entry, "userId"));
        var isNumbered = !entry.TryGetProperty("block", out var number) || number.GetInt64() == block;
        if (block != Last || !isNumbered || AuditLines.Text(entry, "tenantId") != Tenant || !missing.Remove(id, out var known))
        {
            return $"The entry {Verdict.Plain(id.Item1)} is not one that its block seals.";
        }

        if (AuditHashes.OfEntry(entry) != known.Hash)
        {
            return $"The entry {Verdict.Plain(id.Item1)} was changed.";
        }

        Entries++;
        Late += entry.TryGetProperty("at", out var told) && told.TryGetDateTimeOffset(out var at) && sealedAt - at > SealedLate ? 1 : 0;
        return null;
    }

    private string? AddRoot(string text)
    {
        if (FaultOfMissing() is { } missed)
        {
            return missed;
        }

        if (!CompactJws.TryParse(text, RootType, out var jws))
        {
            return $"A root in it is no JWS of type {RootType}.";
        }

        if (keys.FaultOf(jws) is { } fault)
        {
            return $"A root in it does not hold. {fault}";
        }

        if (!StrictJson.TryRead<RootClaims>(jws.Payload.Span, out var claims) || !Times.IsTime(claims.Iat))
        {
            return "What a root in it signs is no root.";
        }

        if (claims.Tenant != Tenant)
        {
            return "A root in it is about another tenant.";
        }

        if (claims.Block != Last || claims.Hash != hash || claims.Block == Root?.Block)
        {
            return $"A signed root in it, about block {Text(claims.Block)}, does not match {Name(Last)} before it.";
        }

        if ((roots > 0 && claims.Previous != rootHash) || (roots == 0 && First == 1 && claims.Previous is not null))
        {
            return $"A signed root in it, about block {Text(claims.Block)}, does not follow the one before it: roots between them are missing.";
        }

        roots++;
        rootHash = AuditHashes.OfText(text);
        Root = new SignedRoot(claims.Block, Times.Of(claims.Iat), jws.Header.Kid!, claims.Iss, Entries);
        return null;
    }

    private string? End(JsonElement line)
    {
        isEnded = true;
        var counts = (AuditLines.Number(line, "blocks"), AuditLines.Number(line, "entries"), AuditLines.Number(line, "roots"));
        return FaultOfMissing() ?? (counts == (Blocks, Entries, roots) && (Last == 0 || said == (First, Last)) ? null : "Lines of it are missing.");
    }

    /// <summary>All entries of a block came: what did not may be gone only if its time is over.</summary>
    private string? FaultOfMissing()
    {
        foreach (var (entry, (_, until)) in missing)
        {
            if (until is not { } end || now.ToUnixTimeSeconds() < end)
            {
                return $"The entry {Verdict.Plain(entry.Id)}, which {Name(Last)} seals, is missing, although its time is not over.";
            }
        }

        Gone += missing.Count;
        missing.Clear();
        return null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Name(long number) => $"Block {Text(number)}";

    /// <summary>The claims of a root; the first of all has no <c>previous</c>.</summary>
    private sealed record RootClaims(string Iss, long Iat, string Tenant, long Block, string Hash, string? Previous);
}

/// <summary>A root that holds.</summary>
/// <param name="Block">The block that it is about.</param>
/// <param name="At">When it was signed.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="Issuer">Which service says that it signed it.</param>
/// <param name="Entries">The entries up to it.</param>
internal sealed record SignedRoot(long Block, DateTimeOffset At, string KeyId, string Issuer, long Entries);
