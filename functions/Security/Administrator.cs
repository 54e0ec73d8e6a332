using System.Security.Claims;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// The administrator who makes a call. An endpoint takes it as a parameter; the policies of <see cref="AdminPolicies"/> make sure that
/// there is one.
/// </summary>
/// <param name="TenantId">The tenant all of the call happens in; from the token, never from the request.</param>
/// <param name="Subject">The issuer's id of the administrator.</param>
/// <param name="Name">How to show the administrator to people, without what <see cref="Contracts.DisplayText"/> forbids; the subject when the token has no name.</param>
/// <param name="ManagesDevices">Whether the administrator may change anything, and see what lets a phone enroll.</param>
/// <param name="Address">The IP address of the call, as the front end gives it.</param>
internal sealed record Administrator(string TenantId, string Subject, string Name, bool ManagesDevices, string? Address = null)
{
    /// <summary>The browser or program of the call, as it says.</summary>
    public string? Agent { get; init; }

    /// <summary>Characters of ASCII (OpenID Connect Core, section 2).</summary>
    private const int MaximumSubjectLength = 255;

    private const int MaximumNameLength = 200;

    private const int MaximumSignInName = 320;

    /// <summary>What people sign in with: <c>preferred_username</c> and <c>upn</c> in Microsoft Entra ID, <c>email</c> where it is given.</summary>
    private static readonly string[] SignInNameClaims = ["preferred_username", "upn", "email"];

    /// <summary>What the administrator signs in with, as the token tells it; null when it tells none.</summary>
    public string? SignInName { get; init; }

    /// <summary>The roles that the token lists, of <see cref="AdminPolicies"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Whether the administrator may give accounts in applications.</summary>
    public bool ManagesApplications { get; init; }

    /// <summary>Whether the administrator may suspend and invite users.</summary>
    public bool ManagesUsers { get; init; }

    /// <summary>Whether a claim's link and QR code are shown: to who manages devices and has signed in recently; see <see cref="RecentSignIns"/>.</summary>
    public bool SeesClaimLinks { get; init; }

    /// <summary>Reads the administrator from a validated token; null unless it is one for this API and names one tenant, in its format, and a subject.</summary>
    public static Administrator? From(ClaimsPrincipal principal, AuthOptions options)
    {
        if (principal.Identity is not { IsAuthenticated: true }
            || !AccessTokens.IsForApi(principal, options)
            || principal.FindAll(options.TenantClaim).ToArray() is not [{ Value: var tenantId }]
            || !Identifiers.IsTenantId(tenantId)
            || principal.FindFirst("sub")?.Value is not { Length: > 0 and <= MaximumSubjectLength } subject
            || subject.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return null;
        }

        var name = principal.FindFirst("name")?.Value ?? principal.FindFirst("preferred_username")?.Value;
        return new Administrator(
            tenantId,
            subject,
            DisplayTexts.Clean(name, MaximumNameLength) ?? subject,
            principal.HasClaim(options.RoleClaim, AdminPolicies.DevicesManage))
        {
            ManagesUsers = principal.HasClaim(options.RoleClaim, AdminPolicies.UsersManage),
            ManagesApplications = principal.HasClaim(options.RoleClaim, AdminPolicies.ApplicationsManage),
            SignInName = SignInNameClaims.Select(claim => principal.FindFirst(claim)?.Value).FirstOrDefault(value => value is { Length: > 0 and <= MaximumSignInName }),
            Roles = [.. AdminPolicies.All.Where(role => principal.HasClaim(options.RoleClaim, role))],
        };
    }

    /// <summary>The administrator who makes the call; the endpoint's policy has made sure of it.</summary>
    public static Administrator Of(HttpContext context) =>
        From(context.User, context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value) is { } administrator
            ? administrator with
            {
                Address = ClientAddress.Of(context)?.ToString(),
                Agent = ClientAgent.Of(context),
                SeesClaimLinks = administrator.ManagesDevices && context.RequestServices.GetRequiredService<RecentSignIns>().Has(context.User),
            }
            : throw new InvalidOperationException("An endpoint for administrators lets others in.");
}
