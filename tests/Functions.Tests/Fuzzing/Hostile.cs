using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace BlokSec.Functions.Tests;

/// <summary>A grammar of what attackers send: pieces that parsers trip over, put together at random, and good inputs broken at random.</summary>
internal static class Hostile
{
    private static readonly Gen<string> Piece = Gen.OneOf(
        "", " ", "\0", "\r\n", "\t", "\u007f", "\u0085", "\ud800", "\udfff", "\udc00\ud800", "\uffff", "\ufeff", "\u202e", "\u200d", "\u00ad", "é", "e\u0301",
        "İ", "ß", "\u0660", "𝟙", "💥", "👩\u200d👩\u200d👧", "Ａ", "%", "%00", "%2e%2e", "../", "\\", "\\u0000", "\\ud800", "'", "\"", "`", "{", "}", "[", "]", ":",
        ",", ";", "=", "==", ".", "..", "...", "-", "_", "~", "*", "W/\"", "null", "true", "-0", "1e400", "1E-400", "9223372036854775808",
        "-9223372036854775809", "0.1", "NaN", "2026-02-30T25:61:61Z", "did:key:z", "did:key:z6Mk", "xn--", "xn--a-\u00fc", "@", "#", "?", "//", "[::1]", "[", ":99999", "audit:", "account:", "AAAA", "eyJ", "' OR 1=1 --");

    /// <summary>Any text.</summary>
    public static readonly Gen<string> Text = Gen.Frequency(
        (6, Piece.Array[0, 6].Select(string.Concat)),
        (3, Gen.Char.Array[0, 40].Select(characters => new string(characters))),
        (1, Gen.Select(Piece, Gen.Int[1, 3000]).Select((piece, times) => string.Concat(Enumerable.Repeat(piece, times)))));

    /// <summary>JSON of any shape, and nearly JSON.</summary>
    public static readonly Gen<string> Json = Gen.Recursive<string>((depth, json) => depth > 4
        ? Scalar
        : Gen.Frequency(
            (3, Scalar),
            (1, json.Array[0, 3].Select(items => $"[{string.Join(',', items)}]")),
            (1, Gen.Select(Member, json).Array[0, 4].Select(members => $"{{{string.Join(',', members.Select(member => $"{member.Item1}:{member.Item2}"))}}}")),
            (1, Gen.Int[1, 4000].Select(deep => new string('[', deep) + new string(']', deep)))));

    private static Gen<string> Member => Gen.OneOf(
        Gen.OneOf("\"jti\"", "\"iat\"", "\"typ\"", "\"alg\"", "\"jwk\"", "\"kty\"", "\"x\"", "\"did\"", "\"device\"", "\"name\"", "\"reason\"", "\"__proto__\""),
        Text.Select(Quoted));

    private static Gen<string> Scalar => Gen.OneOf(
        Gen.OneOf(
            "null", "true", "false", "0", "-0", "1", "1.5", "1e400", "-1e-400", "9223372036854775808", new string('9', 400), "\"\\ud800\"", "\"\\u0000\"",
            "\"\\x\"", "\"", "{", "]", "01", "+1", ".5", "NaN", "//", "\u00a0"),
        Text.Select(Quoted));

    /// <summary>A good input, broken in one to three places.</summary>
    public static Gen<string> Broken(string good) => Gen.Select(Gen.Int[0, 6], Gen.Int[0, Math.Max(0, good.Length - 1)], Text, Gen.Char)
        .Array[1, 3]
        .Select(changes => changes.Aggregate(good, (text, change) => Break(text, change)));

    /// <summary>A good JSON object with one of its values replaced by anything.</summary>
    public static Gen<string> BrokenJson(string good)
    {
        var places = Values(JsonElement.Parse(good), "").ToArray();
        return Gen.Frequency(
            (4, Gen.Select(Gen.Int[0, places.Length - 1], Json).Select((place, json) => good.Replace(places[place], json, StringComparison.Ordinal))),
            (1, Broken(good)),
            (1, Json));
    }

    private static IEnumerable<string> Values(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object
        ? json.EnumerateObject().SelectMany(member => Values(member.Value, member.Name))
        : [json.GetRawText()];

    private static string Break(string text, (int Kind, int At, string Piece, char Character) change)
    {
        var at = Math.Min(change.At, text.Length);
        return change.Kind switch
        {
            0 => text[..at],
            1 => text[at..],
            2 => text.Insert(at, change.Piece),
            3 when at < text.Length => $"{text[..at]}{change.Character}{text[(at + 1)..]}",
            4 => text.Remove(at, Math.Min(3, text.Length - at)),
            5 => $"{text}{text}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{text[..at]}{change.Piece}{text[at..]}"),
        };
    }

    /// <summary>Quoted, with lone surrogates and control characters sometimes as escapes, sometimes as they are.</summary>
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character is '"' or '\\' || (character < ' ' && text.Length % 2 == 0) || char.IsSurrogate(character)
                ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : quoted.Append(character);
        }

        return quoted.Append('"').ToString();
    }
}
