using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace BlokSec.Contracts;

/// <summary>
/// The rule for names and sentences that come from outside and are shown to people: nothing in them may change how the text around them looks.
/// <list type="bullet">
/// <item>No control, formatting, private or unassigned characters, no line or paragraph separators, no lone surrogates, no letters that look like blanks. That
/// includes every character that changes the direction of writing.</item>
/// <item>Joiners only where a script or a picture needs them: U+200D before a symbol (as in the emoji of a family), U+200C and U+200D between
/// letters of the Arabic and Indic scripts. Elsewhere they make two texts that look alike.</item>
/// <item>Something to see, and a length in characters as people count them (grapheme clusters), bounded in bytes as well, because one
/// character can carry any number of accents.</item>
/// </list>
/// </summary>
public static class DisplayText
{
    /// <summary>Bytes of UTF-8 for each character of the allowed length.</summary>
    public const int BytesPerCharacter = 4;

    private const int ZeroWidthNonJoiner = 0x200C;

    private const int ZeroWidthJoiner = 0x200D;

    /// <summary>Letters, marks and symbols that look like nothing: fillers of Hangul, inherent vowels of Khmer, the empty Braille pattern, the grapheme joiner.</summary>
    private static readonly HashSet<int> Blanks = [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0];

    /// <summary>What is wrong with a text; null when it may be shown.</summary>
    /// <param name="text">The text, trimmed and normalized.</param>
    /// <param name="maxCharacters">How many characters it may have.</param>
    public static string? Fault(string text, int maxCharacters)
    {
        if (text.Length > maxCharacters * BytesPerCharacter || Encoding.UTF8.GetByteCount(text) > maxCharacters * BytesPerCharacter)
        {
            return $"is longer than {maxCharacters} characters or {maxCharacters * BytesPerCharacter} bytes";
        }

        var runes = Runes(text);
        if (Enumerable.Range(0, runes.Length).Any(index => !IsAllowed(runes, index)))
        {
            return "has control, formatting or invisible characters";
        }

        if (!runes.Any(IsVisible))
        {
            return "is blank";
        }

        return Characters(text) > maxCharacters ? $"is longer than {maxCharacters} characters" : null;
    }

    /// <summary>The text without what may not be shown, cut to the allowed length; empty when nothing is left. For texts that cannot be refused.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxCharacters">How many characters it may have.</param>
    public static string Clean(string text, int maxCharacters)
    {
        if (IsPlain(text) && text.Length <= maxCharacters)
        {
            return text;
        }

        var runes = Runes(text.Length > maxCharacters * BytesPerCharacter ? text[..(maxCharacters * BytesPerCharacter)] : text);
        var clean = string.Concat(runes.Select((rune, index) => IsAllowed(runes, index) ? rune.ToString() : IsBreak(rune) ? " " : "")).Trim();
        var (length, bytes) = (0, 0);
        for (var count = 0; count < maxCharacters && length < clean.Length; count++)
        {
            var next = StringInfo.GetNextTextElementLength(clean, length);
            bytes += Encoding.UTF8.GetByteCount(clean.AsSpan(length, next));
            if (bytes > maxCharacters * BytesPerCharacter)
            {
                break;
            }

            length += next;
        }

        var cut = clean[..length].TrimEnd();
        return Runes(cut).Any(IsVisible) ? cut : "";
    }

    private static int Characters(string text)
    {
        var count = 0;
        for (var index = 0; index < text.Length; index += StringInfo.GetNextTextElementLength(text, index))
        {
            count++;
        }

        return count;
    }

    /// <summary>A lone surrogate becomes U+0000, which is refused as any control character.</summary>
    private static Rune[] Runes(string text)
    {
        var runes = new List<Rune>(text.Length);
        for (var index = 0; index < text.Length;)
        {
            var rune = Rune.TryGetRuneAt(text, index, out var found) ? found : default;
            runes.Add(rune);
            index += rune == default ? 1 : rune.Utf16SequenceLength;
        }

        return [.. runes];
    }

    private static bool IsAllowed(Rune[] runes, int index) => Rune.GetUnicodeCategory(runes[index]) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse => false,
        UnicodeCategory.NonSpacingMark when IsVariation(runes[index]) => index > 0 && IsShownAsPicture(runes[index - 1]),
        UnicodeCategory.Format => index > 0 && index < runes.Length - 1 && IsNeeded(runes[index - 1], runes[index], runes[index + 1]),
        _ => !Blanks.Contains(runes[index].Value),
    };

    /// <summary>Variation selectors change nothing of most letters: with them two texts look alike that are not.</summary>
    private static bool IsVariation(Rune rune) => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF);

    /// <summary>Symbols, digits, # and *, which U+FE0F makes pictures.</summary>
    private static bool IsShownAsPicture(Rune rune) => rune.Value is '#' or '*' || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol or UnicodeCategory.ModifierSymbol or UnicodeCategory.OtherPunctuation
        or UnicodeCategory.DecimalDigitNumber;

    private static bool IsNeeded(Rune before, Rune joiner, Rune after) => joiner.Value switch
    {
        ZeroWidthJoiner when Rune.GetUnicodeCategory(after) == UnicodeCategory.OtherSymbol => IsEmojiPart(before),
        ZeroWidthJoiner or ZeroWidthNonJoiner => IsJoining(before) && IsJoining(after),
        _ => false,
    };

    /// <summary>A symbol, one with a skin tone, or one that is shown as a picture by U+FE0F.</summary>
    private static bool IsEmojiPart(Rune rune) => rune.Value == 0xFE0F
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol
        || rune.Value is >= 0x1F3FB and <= 0x1F3FF;

    /// <summary>Of Arabic, Syriac, Thaana and NKo, or of the Indic scripts up to Sinhala.</summary>
    private static bool IsJoining(Rune rune) => rune.Value is (>= 0x0620 and <= 0x07FF) or (>= 0x0900 and <= 0x0DFF);

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.SpaceSeparator or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format
        or UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        && !Blanks.Contains(rune.Value);

    private static bool IsBreak(Rune rune) => rune.Value is '\n' or '\r' or '\t' or 0x2028 or 0x2029;

    private static bool IsPlain(string text) => text.Length > 0 && text[0] != ' ' && text[^1] != ' ' && text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;
}

/// <summary>A text that obeys <see cref="DisplayText"/>. The API trims and normalizes (NFC) it as it reads it, before it is checked.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DisplayTextAttribute : StringLengthAttribute
{
    /// <param name="maxCharacters">How many characters, as people count them.</param>
    public DisplayTextAttribute(int maxCharacters)
        : base(maxCharacters * DisplayText.BytesPerCharacter)
    {
        MaxCharacters = maxCharacters;
        MinimumLength = 1;
    }

    /// <summary>How many characters, as people count them.</summary>
    public int MaxCharacters { get; }

    /// <summary>Whether a line break is read as a blank instead of being refused.</summary>
    public bool HasLines { get; init; }

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is not string text || DisplayText.Fault(text, MaxCharacters) is null;

    /// <inheritdoc />
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is string text && DisplayText.Fault(text, MaxCharacters) is { } fault
            ? new ValidationResult(fault, [validationContext.MemberName ?? ""])
            : ValidationResult.Success;
}
