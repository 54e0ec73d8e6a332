using System.Globalization;

namespace BlokSec.Portal.Words;

/// <summary>Numbers with their nouns.</summary>
internal static class Plural
{
    /// <summary>Such as <c>1 device</c> or <c>5,000 accounts</c>.</summary>
    public static string Of(int count, string noun) => $"{Number(count)} {(count == 1 ? noun : noun + "s")}";

    /// <summary>Such as <c>1 entry</c> or <c>5,000 entries</c>.</summary>
    public static string Of(int count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";

    /// <summary>Such as <c>5,000</c>.</summary>
    public static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
