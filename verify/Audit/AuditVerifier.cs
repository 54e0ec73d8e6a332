using System.Globalization;
using System.Text.Json;
using BlokSec.Verify.Jose;

namespace BlokSec.Verify.Audit;

/// <summary>
/// Checks an exported piece of a tenant's audit chain: every entry against its block, every block against the one before, and the signed roots
/// against the blocks.
/// </summary>
internal static class AuditVerifier
{
    private const string Document = "audit";

    /// <summary>Checks an export.</summary>
    /// <param name="file">Its lines.</param>
    /// <param name="keys">The service's keys.</param>
    public static Verdict Verify(TextReader file, KeySet keys)
    {
        var piece = new AuditPiece(keys, TimeProvider.System.GetUtcNow());
        try
        {
            foreach (var (kind, line) in AuditLines.Read(file))
            {
                if (piece.Add(kind, line) is { } fault)
                {
                    return Verdict.Forged(Document, fault);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return Verdict.Forged(Document, "It is no export of an audit chain, or a line of it was changed.");
        }

        return piece.FaultOfWhole() is { } wrong ? Verdict.Forged(Document, wrong) : Words(piece, piece.Root!);
    }

    private static Verdict Words(AuditPiece piece, SignedRoot root) => new(Document)
    {
        About = $"Audit of tenant {Verdict.Plain(piece.Tenant)}: {Text(piece.Entries)} entries in blocks {Text(piece.First)} to {Text(piece.Last)}.",
        Proven =
        [
            $"the {Text(root.Entries)} entries of blocks {Text(piece.First)} to {Text(root.Block)} stood unchanged since the service at {Verdict.Plain(root.Issuer)} signed the root of block {Text(root.Block)}, {Times.Text(root.At)} by its clock. It is signed by the service's key {Verdict.Plain(root.KeyId)}.",
            $"none was added to them or moved, and none is missing between block {Text(piece.First)} and block {Text(root.Block)}{(piece.Gone > 0 ? ", but for those whose time is over" : "")}.",
        ],
        NotProven =
        [
            .. Optional(piece.Last > root.Block, $"blocks {Text(root.Block + 1)} to {Text(piece.Last)}, which are not covered by a signed root yet. They fit each other and their entries, but can still be made anew."),
            .. Optional(piece.First > 1, $"what blocks 1 to {Text(piece.First - 1)} hold. They are not in the file."),
            .. Optional(piece.Gone > 0, $"what {Text(piece.Gone)} entries said that are not in the file and whose time is over. Only their hashes are left; the service deletes such entries, and whoever handed you the file could leave them out."),
            .. Optional(piece.Late > 0, $"that {Text(piece.Late)} entries were written when they say: they were sealed more than an hour later."),
            "what was before sealing: that nothing happened without an entry, and that no entry was changed or deleted before its block was made.",
            "who wrote the entries, and that what they say is true. That is the service's word, and so are the times.",
            "how often an alert came again, when it did last, its further targets, and how long an entry is kept (count, lastAt, targets, ttl). Those are outside the hash.",
            "that the key set is the service's. Get it yourself, from /api/.well-known/jwks.json of the service.",
        ],
        Facts = new Dictionary<string, string?>
        {
            ["issuer"] = root.Issuer,
            ["tenant"] = piece.Tenant,
            ["firstBlock"] = Text(piece.First),
            ["lastBlock"] = Text(piece.Last),
            ["provenToBlock"] = Text(root.Block),
            ["entries"] = Text(piece.Entries),
            ["provenEntries"] = Text(root.Entries),
            ["entriesOver"] = Text(piece.Gone),
            ["at"] = Times.Text(root.At),
            ["key"] = root.KeyId,
        },
    };

    private static string[] Optional(bool isSo, string sentence) => isSo ? [sentence] : [];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
