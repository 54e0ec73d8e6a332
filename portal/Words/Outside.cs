using System.Text;

namespace BlokSec.Portal.Words;

/// <summary>
/// Text from outside (names of people, phones and applications, reasons) inside our sentences. It is marked here and rendered as
/// <c>bdi</c> by <c>Parts/Sentence.razor</c>, so that a name written from right to left cannot rearrange what stands around it.
/// </summary>
internal static class Outside
{
    private const char Open = '\u2068';
    private const char Close = '\u2069';

    /// <summary>Marks a text for <c>Sentence</c>.</summary>
    public static string Isolate(string text) => $"{Open}{Plain(text)}{Close}";

    /// <summary>The text as attributes and titles take it: no character in it can change the direction or the line.</summary>
    public static string Plain(string text)
    {
        if (!text.Any(Steers))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (!Steers(character))
            {
                plain.Append(character);
            }
            else if (char.IsControl(character) || character is '\u2028' or '\u2029')
            {
                plain.Append(' ');
            }
        }

        return plain.ToString();
    }

    /// <summary>The parts of a sentence, in order.</summary>
    public static IEnumerable<(string Text, bool IsOutside)> Parts(string sentence)
    {
        var start = 0;
        while (sentence.IndexOf(Open, start) is var open and >= 0 && sentence.IndexOf(Close, open) is var close and >= 0)
        {
            if (open > start)
            {
                yield return (sentence[start..open], false);
            }

            yield return (sentence[(open + 1)..close], true);
            start = close + 1;
        }

        if (start < sentence.Length)
        {
            yield return (sentence[start..], false);
        }
    }

    /// <summary>Control characters, line separators, and all that Unicode has for changing the direction of text.</summary>
    private static bool Steers(char character) =>
        char.IsControl(character)
        || character is '\u061C' or '\u200E' or '\u200F' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
