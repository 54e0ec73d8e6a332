using System.Net;
using System.Text.RegularExpressions;

namespace BlokSec.Local.Portal;

/// <summary>The security headers of a static host; HSTS is none of them, because nothing on this machine speaks TLS.</summary>
internal static partial class PortalHeaders
{
    // What a meta element cannot say. Not 'none': OIDC renews a session in a hidden frame of the console's own.
    private const string FrameAncestors = "frame-ancestors 'self'";

    /// <summary>The headers that go with a page; its own Content-Security-Policy is said by the host too.</summary>
    /// <exception cref="InvalidDataException">The page has no Content-Security-Policy.</exception>
    public static IReadOnlyDictionary<string, string> Of(string indexPage)
    {
        var policy = Policy().Match(indexPage) is { Success: true } match
            ? WebUtility.HtmlDecode(match.Groups["policy"].Value).Trim().TrimEnd(';')
            : throw new InvalidDataException("The console's index.html says no Content-Security-Policy.");
        return new Dictionary<string, string>
        {
            ["Content-Security-Policy"] = $"{policy}; {FrameAncestors}",
            ["X-Content-Type-Options"] = "nosniff",
            ["Referrer-Policy"] = "no-referrer",
            ["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
            ["Cross-Origin-Opener-Policy"] = "same-origin",
        };
    }

    [GeneratedRegex("""<meta\s+http-equiv="Content-Security-Policy"\s+content="(?<policy>[^"]+)"\s*/?>""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Policy();
}
