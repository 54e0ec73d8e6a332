using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace BlokSec.Local.Phones;

/// <summary>What a claim's QR code says: <c>https://{app host}/claim#{tenant}.{user}.{code}</c>.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="UserId">The user.</param>
/// <param name="Code">The secret of the claim.</param>
internal sealed partial record ClaimLink(string TenantId, string UserId, string Code)
{
    /// <summary>Reads a scanned text; false when it is no claim link.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ClaimLink? link)
    {
        link = null;
        if (!Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("https" or "http")
            || uri.AbsolutePath.TrimEnd('/') != "/claim"
            || Fragment().Match(uri.Fragment) is not { Success: true } match)
        {
            return false;
        }

        link = new ClaimLink(match.Groups["tenant"].Value, match.Groups["user"].Value, match.Groups["code"].Value);
        return true;
    }

    /// <summary>The code is a secret: it stays out of logs.</summary>
    public override string ToString() => $"claim of {TenantId}/{UserId}";

    [GeneratedRegex(@"^#(?<tenant>[A-Za-z0-9_-]{1,64})\.(?<user>[A-Za-z0-9_-]{1,64})\.(?<code>[A-Za-z0-9_-]{1,200})\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Fragment();
}
