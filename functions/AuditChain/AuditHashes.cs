using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BlokSec.Functions.AuditChain;

/// <summary>The hashes of the chain, as <c>docs/audit.md</c> has them: SHA-256 of the canonical form, in base64url.</summary>
internal static class AuditHashes
{
    /// <summary>What is written to an entry after it was made: the block that seals it, and how often and when an alert came again.</summary>
    private static readonly HashSet<string> OutsideEntry = ["block", "count", "lastAt", "ttl"];

    /// <summary>The result itself.</summary>
    private static readonly HashSet<string> OutsideBlock = ["hash"];

    /// <summary>The hash of an entry as it is stored. Of the targets of an alert only the first was there from the beginning.</summary>
    public static string OfEntry(JsonElement entry)
    {
        var isAlert = entry.TryGetProperty("alert", out var alert) && alert.ValueKind == JsonValueKind.True;
        return Hash(CanonicalJson.Of(Members(entry, OutsideEntry), (text, member) =>
        {
            if (isAlert && member is { Name: "targets", Value.ValueKind: JsonValueKind.Array })
            {
                CanonicalJson.Append(text, member.Value.EnumerateArray().Take(1));
            }
            else
            {
                CanonicalJson.Append(text, member.Value);
            }
        }));
    }

    /// <summary>The hash of a block as it is stored.</summary>
    public static string OfBlock(JsonElement block) =>
        Hash(CanonicalJson.Of(Members(block, OutsideBlock), static (text, member) => CanonicalJson.Append(text, member.Value)));

    public static string OfText(string text) => Hash(Encoding.UTF8.GetBytes(text));

    /// <summary>What Cosmos DB adds begins with an underscore.</summary>
    private static IEnumerable<JsonProperty> Members(JsonElement document, HashSet<string> outside) =>
        document.EnumerateObject().Where(member => !member.Name.StartsWith('_') && !outside.Contains(member.Name));

    private static string Hash(ReadOnlySpan<byte> bytes) => StrictBase64Url.Encode(SHA256.HashData(bytes));
}
