using System.Text.Json.Serialization.Metadata;
using ADRaffy.ENSNormalize;
using BlokSec.Contracts;

namespace BlokSec.Functions.Http;

/// <summary>
/// Brings texts that people read into one form (NFC, trimmed) as they come in; <see cref="DisplayText"/> then judges them. The framework's
/// own normalization does nothing where globalization is invariant.
/// </summary>
internal static class DisplayTexts
{
    /// <summary>Characters; a longer text is refused anyway, so it is left as it is.</summary>
    private const int MaxLength = 8_192;

    /// <summary>Characters of a stored text that are shown.</summary>
    private const int MaxShown = 1_000;

    private static readonly char[] Breaks = ['\r', '\n', '\t'];

    /// <summary>Makes the reader of JSON normalize every member with a <see cref="DisplayTextAttribute"/>.</summary>
    public static void Normalize(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            if (property.AttributeProvider?.GetCustomAttributes(typeof(DisplayTextAttribute), inherit: false) is [DisplayTextAttribute rule]
                && property.Set is { } set)
            {
                property.Set = (target, value) => set(target, value is string text ? Normalize(text, rule.HasLines) : value);
            }
        }
    }

    /// <summary>What may be shown of a text that cannot be refused, such as a name in an access token; null when nothing may.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxCharacters">How many characters it may have.</param>
    public static string? Clean(string? text, int maxCharacters) =>
        DisplayText.Clean(Normalize(text ?? "", hasLines: true), maxCharacters) is { Length: > 0 } clean ? clean : null;

    /// <summary>A stored text as it is shown: other services and earlier versions stored what is refused now.</summary>
    public static string Shown(this string stored) => Clean(stored, MaxShown) ?? "?";

    /// <summary>A text that came otherwise than in JSON, in the same form.</summary>
    public static string Normalized(string text) => Normalize(text, hasLines: false);

    private static string Normalize(string text, bool hasLines)
    {
        if (text.Length > MaxLength)
        {
            return text;
        }

        var line = hasLines ? string.Join(' ', text.Split(Breaks, StringSplitOptions.RemoveEmptyEntries)) : text;
        return (line.AsSpan().ContainsAnyExceptInRange('\0', '\x7f') ? ENSNormalize.NF.NFC(line) : line).Trim();
    }
}
