using System.Security.Claims;
using BlokSec.Functions.Http;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// The directory that provisions users: an application with an access token of its own, or whoever has a provisioning token. The policy
/// <see cref="ApplicationPolicies.DirectoryProvision"/> makes sure that there is one.
/// </summary>
/// <param name="TenantId">The tenant all of the call happens in; from the token, never from the request.</param>
/// <param name="Id">The application's client id, or the id of the provisioning token.</param>
/// <param name="Name">How an auditor knows it.</param>
/// <param name="Address">The IP address of the call, as the front end gives it.</param>
internal sealed record CallingDirectory(string TenantId, string Id, string Name, string? Address = null)
{
    /// <summary>The program of the call, as it says.</summary>
    public string? Agent { get; init; }

    private const string TenantClaim = "tenant";

    private const string TokenClaim = "token";

    /// <summary>Who has a provisioning token, as it is authenticated.</summary>
    public static ClaimsPrincipal Authenticated(string tenantId, string tokenId, string name) => new(new ClaimsIdentity(
        [new Claim(TenantClaim, tenantId), new Claim(TokenClaim, tokenId), new Claim(ClaimTypes.Name, name)], DirectoryAuthentication.TokenScheme));

    /// <summary>Whoever has a provisioning token; null for everybody else.</summary>
    public static CallingDirectory? FromToken(ClaimsPrincipal principal) =>
        principal.Identities.FirstOrDefault(identity => identity.AuthenticationType == DirectoryAuthentication.TokenScheme) is { } identity
        && identity.FindFirst(TenantClaim)?.Value is { } tenantId
        && identity.FindFirst(TokenClaim)?.Value is { } tokenId
            ? new CallingDirectory(tenantId, tokenId, identity.Name ?? tokenId)
            : null;

    /// <summary>The directory that a principal stands for; null when it is neither an application nor a provisioning token.</summary>
    public static CallingDirectory? From(ClaimsPrincipal principal, AuthOptions options) =>
        FromToken(principal)
        ?? (CallingApplication.From(principal, options) is { } application
            ? new CallingDirectory(application.TenantId, application.ClientId, application.ClientId)
            : null);

    /// <summary>The directory that makes the call; the endpoint's policy has made sure of it.</summary>
    public static CallingDirectory Of(HttpContext context) =>
        From(context.User, context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value) is { } directory
            ? directory with { Address = ClientAddress.Of(context)?.ToString(), Agent = ClientAgent.Of(context) }
            : throw new InvalidOperationException("An endpoint for directories lets others in.");
}
