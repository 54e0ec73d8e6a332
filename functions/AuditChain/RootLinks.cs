namespace BlokSec.Functions.AuditChain;

/// <summary>
/// Whether each root names the one before it. A root whose document was not written any more, because the app was killed, may be kept out of reach:
/// the next root names the one before that, and those that are kept like this are as good.
/// </summary>
internal static class RootLinks
{
    /// <summary>Roots in a row without a document.</summary>
    private const int MaxRoots = 8;

    /// <summary>Goes on by one block.</summary>
    /// <param name="roots">Reads roots.</param>
    /// <param name="before">The hashes that a root may name; empty when there was none, null when that is not known.</param>
    /// <param name="document">The root of the block in the database.</param>
    /// <param name="kept">The root of the block out of reach.</param>
    /// <returns>The hashes that the next root may name, and whether the link of this one is broken.</returns>
    public static (IReadOnlyList<string>? After, bool IsBroken) Next(AuditRoots roots, IReadOnlyList<string>? before, string? document, string? kept)
    {
        if ((document ?? kept) is not { } root || roots.Read(root) is not { } claims)
        {
            // No root here, or one that is told as a break of its own.
            return (document is null && kept is null ? before : null, false);
        }

        var isBroken = before is not null && (claims.Previous is { } previous ? !before.Contains(previous) : before.Count > 0);
        var hash = AuditHashes.OfText(root);
        return (document is not null || before is null ? [hash] : [.. before.TakeLast(MaxRoots - 1), hash], isBroken);
    }
}
