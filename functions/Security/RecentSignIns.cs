using System.Globalization;
using System.Security.Claims;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// Demands a sign-in of the last minutes for a function: a stolen token, or a console that was left open, opens no door for good. Refused callers
/// are told to sign in again (RFC 9470).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RecentSignInAttribute : Attribute;

/// <summary>The caller has the role, and lacks only a recent sign-in.</summary>
internal sealed record MissingSignIn;

/// <summary>Whether an administrator signed in recently, and as strongly as configured.</summary>
internal sealed class RecentSignIns(IOptions<StepUpOptions> options)
{
    /// <summary>When the user signed in (OpenID Connect Core, section 2).</summary>
    private const string TimeClaim = "auth_time";

    /// <summary>How far the issuer's clock may be ahead, as for the token itself.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the caller may do what demands a recent sign-in. A token that says nothing of it does not; an app that acts for
    /// itself, where apps are let in at all, has nobody who could sign in.
    /// </summary>
    public bool Has(ClaimsPrincipal caller) => AccessTokens.IsOfApp(caller) || (IsRecent(caller) && IsStrong(caller));

    /// <summary>Whether this call demands one that the caller lacks.</summary>
    public bool IsMissing(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<RecentSignInAttribute>() is not null && !Has(context.User);

    /// <summary>The challenge of RFC 9470, section 3.</summary>
    public Task ChallengeAsync(HttpContext context)
    {
        var details = Problems.Details(
            ProblemCodes.InsufficientUserAuthentication,
            IsSaid(context.User)
                ? "This needs a sign-in of the last minutes. Nothing was changed; sign in again, then repeat it."
                : "This needs a sign-in of the last minutes, and the access token does not say when that was. Nothing was changed. The sign-in service has to add the claim auth_time to its access tokens.");
        var challenge = "Bearer error=\"insufficient_user_authentication\", error_description=\"A more recent or stronger sign-in is needed\"";
        if (options.Value.MaxAgeSeconds > 0)
        {
            challenge += string.Create(CultureInfo.InvariantCulture, $", max_age=\"{options.Value.MaxAgeSeconds}\"");
            details.Extensions["maxAge"] = options.Value.MaxAgeSeconds;
        }

        if (options.Value.AcrValues is { Length: > 0 } values)
        {
            challenge += $", acr_values=\"{values}\"";
            details.Extensions["acrValues"] = values;
            details.Extensions["acrClaim"] = options.Value.AcrClaim;
        }

        context.Response.Headers.WWWAuthenticate = challenge;
        return TypedResults.Problem(details).ExecuteAsync(context);
    }

    private bool IsSaid(ClaimsPrincipal caller) => options.Value.MaxAgeMinutes == 0 || caller.HasClaim(claim => claim.Type == TimeClaim);

    private bool IsRecent(ClaimsPrincipal caller)
    {
        if (options.Value.MaxAgeMinutes == 0)
        {
            return true;
        }

        // The clock is that which judges the token's end.
        return caller.FindAll(TimeClaim).ToArray() is [{ Value: var text }]
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && TimeProvider.System.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) is var age
            && age >= -ClockSkew
            && age <= TimeSpan.FromMinutes(options.Value.MaxAgeMinutes);
    }

    private bool IsStrong(ClaimsPrincipal caller) =>
        options.Value.Acceptable is not [_, ..] acceptable
        || caller.FindAll(options.Value.AcrClaim).Any(claim => acceptable.Contains(claim.Value, StringComparer.Ordinal));
}
