using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Security;

/// <summary>
/// Tells access tokens for this API from other tokens that the issuer signs for the same registration. In Microsoft Entra ID an ID token
/// of the console has the audience, the roles and the tenant of an access token; what it lacks is the scope.
/// </summary>
internal static class AccessTokens
{
    /// <summary>The <c>typ</c> of access tokens (RFC 9068, section 2.1), and that of any token (RFC 7519), which Microsoft Entra ID gives them.</summary>
    private static readonly string[] Types = ["at+jwt", "application/at+jwt", "JWT"];

    /// <summary>Scopes are <c>scp</c> in Microsoft Entra ID and <c>scope</c> in RFC 9068: a list in one string, or several strings.</summary>
    private static readonly string[] ScopeClaims = ["scp", "scope"];

    /// <summary>Begins the scopes that are reserved for receivers of events.</summary>
    private const string ReceiverScopes = "ssf.";

    /// <summary>Claims that bind an ID token to its request (OpenID Connect Core, sections 2 and 3.3.2.11).</summary>
    private static readonly string[] IdTokenClaims = ["nonce", "at_hash", "c_hash"];

    /// <summary>Refuses tokens whose <c>typ</c> says that they are for something else, such as <c>logout+jwt</c>. One without <c>typ</c> is let through.</summary>
    public static string CheckType(string? type, SecurityToken token, TokenValidationParameters parameters) =>
        string.IsNullOrEmpty(type) || Types.Contains(type, StringComparer.OrdinalIgnoreCase)
            ? type ?? ""
            : throw new SecurityTokenInvalidTypeException("The type of the token is not that of an access token.");

    /// <summary>Whether the token says of itself that it is an ID token.</summary>
    public static bool IsIdToken(ClaimsPrincipal principal) =>
        !ScopesOf(principal).Any() && principal.HasClaim(claim => IdTokenClaims.Contains(claim.Type));

    /// <summary>Whether the token is for this API: a user gave the scope to an app, or an app has the role for apps.</summary>
    public static bool IsForApi(ClaimsPrincipal principal, AuthOptions options) =>
        ScopesOf(principal).Contains(options.Scope, StringComparer.Ordinal)
        || (options.AppRole is { Length: > 0 } role && IsOfApp(principal) && principal.HasClaim(options.RoleClaim, role));

    /// <summary>
    /// An app that acts for itself, as Microsoft Entra ID says it; nobody gave it a scope but those of receivers of events, which an app asks for
    /// itself (CAEP Interoperability Profile 1.0, section 2.7.3).
    /// </summary>
    public static bool IsOfApp(ClaimsPrincipal principal) =>
        principal.HasClaim("idtyp", "app")
        && ScopesOf(principal).All(scope => scope.StartsWith(ReceiverScopes, StringComparison.Ordinal))
        && !IsIdToken(principal);

    /// <summary>Whether the token lists a scope.</summary>
    public static bool HasScope(ClaimsPrincipal principal, string scope) => ScopesOf(principal).Contains(scope, StringComparer.Ordinal);

    private static IEnumerable<string> ScopesOf(ClaimsPrincipal principal) => principal
        .FindAll(claim => ScopeClaims.Contains(claim.Type))
        .SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
