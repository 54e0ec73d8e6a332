using System.Globalization;

namespace BlokSec.Portal.Words;

/// <summary>Numbers with their nouns.</summary>
internal static class Plural
{
    /// <summary>Such as <c>1 device</c> or <c>5,000 accounts</c>.</summary>
    /// <param name="count">How many.</param>
    /// <param name="one">The noun for one.</param>
    /// <param name="many">The noun for several, such as <c>entries</c>; null where an s makes it.</param>
    public static string Of(int count, string one, string? many = null) => $"{Number(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>Such as <c>5,000</c>.</summary>
    public static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
