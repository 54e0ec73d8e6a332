namespace BlokSec.Portal.Removals;

/// <summary>Compares a typed phrase with the one asked for, letter by letter, and says what differs.</summary>
internal static class ConfirmationPhrase
{
    /// <summary>What differs; null when it is exactly the phrase.</summary>
    public static string? Difference(string typed, string phrase)
    {
        if (typed == phrase)
        {
            return null;
        }

        if (typed.Length == 0)
        {
            return $"Type “{phrase}”.";
        }

        if (typed.Trim() == phrase)
        {
            return typed[0] == ' ' ? "Remove the space before the phrase." : "Remove the space after the phrase.";
        }

        if (phrase.StartsWith(typed, StringComparison.OrdinalIgnoreCase) && !phrase.StartsWith(typed, StringComparison.Ordinal))
        {
            return "Use lower case letters only.";
        }

        if (phrase.StartsWith(typed, StringComparison.Ordinal))
        {
            return $"Keep typing: “{phrase[typed.Length..].TrimStart()}” is missing.";
        }

        if (typed.StartsWith(phrase, StringComparison.Ordinal))
        {
            return $"Remove “{typed[phrase.Length..].Trim()}” from the end.";
        }

        return At(typed, phrase);
    }

    private static string At(string typed, string phrase)
    {
        var index = typed.Zip(phrase).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"Character {index + 1} is {Named(typed[index])}, it should be {Named(phrase[index])}.";
    }

    private static string Named(char character) => character == ' ' ? "a space" : $"“{character}”";
}
