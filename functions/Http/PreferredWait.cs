using System.Globalization;
using System.Text.RegularExpressions;

namespace BlokSec.Functions.Http;

/// <summary>How long the caller would wait for a better answer: the preference <c>wait</c> of the <c>Prefer</c> header (RFC 7240, section 4.3).</summary>
/// <param name="Seconds">Whole seconds, at most <see cref="Most"/>; 0 for none, which is also what cannot be understood.</param>
internal sealed partial record PreferredWait(int Seconds)
{
    public const string Header = "Prefer";

    public const string AppliedHeader = "Preference-Applied";

    /// <summary>Who asks for more gets this.</summary>
    public const int Most = 30;

    public static PreferredWait Of(HttpContext context)
    {
        var headers = context.Request.Headers[Header];
        if (headers.Count == 0)
        {
            return new PreferredWait(0);
        }

        // The first of several counts; quoted text of other preferences does not.
        var first = WaitsAndQuotes().Matches(headers.ToString()).FirstOrDefault(match => match.Groups["wait"].Success);
        var value = first?.Groups["wait"].Value.Trim(' ', '\t', '"').TrimStart('0') ?? "";
        return new PreferredWait(
            value.Length == 0 || !value.All(char.IsAsciiDigit) ? 0
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Min(seconds, Most)
            : Most);
    }

    /// <summary>Tells the caller that the answer waits so long.</summary>
    public void Apply(HttpContext context) =>
        context.Response.Headers[AppliedHeader] = string.Create(CultureInfo.InvariantCulture, $"wait={Seconds}");

    [GeneratedRegex("""(?<=^|,)[ \t]*wait[ \t]*=(?<wait>[ \t]*"[^"]*"[ \t]*(?=[,;]|$)|[^,;"]*)|"(?:[^"\\]|\\.)*(?:"|\\?$)""", RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex WaitsAndQuotes();
}
