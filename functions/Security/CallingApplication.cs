using System.Security.Claims;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// The application that makes a call, by its own access token (OAuth client credentials). The policies of <see cref="ApplicationPolicies"/> make
/// sure that there is one.
/// </summary>
/// <param name="TenantId">The tenant all of the call happens in; from the token, never from the request.</param>
/// <param name="ClientId">Its OAuth client id. Which accounts are its own is up to its registration.</param>
internal sealed record CallingApplication(string TenantId, string ClientId)
{
    /// <summary>Where issuers name the client: Microsoft Entra ID (v2.0, v1.0), and RFC 9068.</summary>
    private static readonly string[] ClientClaims = ["azp", "appid", "client_id"];

    /// <summary>Reads the application from a validated token; null unless an app acts for itself and the token names one client and one tenant.</summary>
    public static CallingApplication? From(ClaimsPrincipal principal, AuthOptions options) =>
        principal.Identity is { IsAuthenticated: true }
        && AccessTokens.IsOfApp(principal)
        && principal.FindAll(options.TenantClaim).ToArray() is [{ Value: var tenantId }]
        && Identifiers.IsTenantId(tenantId)
        && principal.FindAll(claim => ClientClaims.Contains(claim.Type)).Select(claim => claim.Value).Distinct().ToArray() is [var clientId]
        && Identifiers.Is(clientId, 1, 64)
            ? new CallingApplication(tenantId, clientId)
            : null;

    /// <summary>The application that makes the call; the endpoint's policy has made sure of it.</summary>
    public static CallingApplication Of(HttpContext context) =>
        From(context.User, context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value)
        ?? throw new InvalidOperationException("An endpoint for applications lets others in.");
}
