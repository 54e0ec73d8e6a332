using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace BlokSec.Verify.Audit;

/// <summary>The hashes of a chain, made after their description in <c>docs/audit.md</c>: SHA-256 of the canonical form, in base64url.</summary>
internal static class AuditHashes
{
    private static readonly HashSet<string> OutsideEntry = ["block", "count", "lastAt", "ttl"];

    private static readonly HashSet<string> OutsideBlock = ["hash"];

    /// <summary>The hash of an entry. Of the targets of an alert only the first counts.</summary>
    public static string OfEntry(JsonElement entry)
    {
        var targets = entry.TryGetProperty("alert", out var alert) && alert.ValueKind == JsonValueKind.True ? 1 : int.MaxValue;
        return Hash(entry, OutsideEntry, member => member is { Name: "targets", Value.ValueKind: JsonValueKind.Array }
            ? List(member.Value.EnumerateArray().Take(targets))
            : Of(member.Value));
    }

    /// <summary>The hash of a block.</summary>
    public static string OfBlock(JsonElement block) => Hash(block, OutsideBlock, member => Of(member.Value));

    /// <summary>The hash of a text, such as that of a root.</summary>
    public static string OfText(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string Hash(JsonElement document, HashSet<string> outside, Func<JsonProperty, string> valueOf)
    {
        var members = document.EnumerateObject().Where(member => !member.Name.StartsWith('_') && !outside.Contains(member.Name));
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(Object(members, valueOf))));
    }

    /// <summary>RFC 8785, but for numbers that are no integers: those stay as they are written.</summary>
    private static string Of(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => Object(value.EnumerateObject(), member => Of(member.Value)),
        JsonValueKind.Array => List(value.EnumerateArray()),
        JsonValueKind.String => Text(value.GetString()!),
        JsonValueKind.Number when value.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
        _ => value.GetRawText(),
    };

    private static string Object(IEnumerable<JsonProperty> members, Func<JsonProperty, string> valueOf) =>
        $"{{{string.Join(',', members.OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{Text(member.Name)}:{valueOf(member)}"))}}}";

    private static string List(IEnumerable<JsonElement> values) => $"[{string.Join(',', values.Select(Of))}]";

    private static string Text(string value) => $"\"{string.Concat(value.Select(Escaped))}\"";

    private static string Escaped(char character) => character switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
        _ => character.ToString(),
    };
}
