using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace BlokSec.Local.SignIn;

/// <summary>What remains to be answered when OpenIddict has checked a request: who signs in, and with which claims.</summary>
internal sealed class SignInEndpoints(SignInStandInOptions options, TimeProvider time)
{
    public const string RolesClaim = "roles";
    public const string TenantClaim = "tenant_id";

    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    private readonly ConcurrentDictionary<string, bool> redeemedCodes = new();

    /// <summary>The claims of an administrator beside the subject.</summary>
    public static IReadOnlyList<string> ClaimTypes { get; } = [Claims.Name, Claims.PreferredUsername, TenantClaim, RolesClaim];

    public void Map(WebApplication app)
    {
        app.MapMethods(AuthorizationServer.AuthorizePath, [HttpMethods.Get, HttpMethods.Post], Authorize);
        app.MapPost(AuthorizationServer.TokenPath, (Delegate)TokenAsync);
        app.MapMethods(AuthorizationServer.EndSessionPath, [HttpMethods.Get, HttpMethods.Post], EndSession);
    }

    private IResult Authorize(HttpContext context)
    {
        var request = RequestOf(context);
        if (HttpMethods.IsPost(context.Request.Method) && (string?)request[SignInPage.Field] is { } username)
        {
            return Find(username) is { } chosen ? SignIn(chosen, request) : Refuse(Errors.AccessDenied, "There is no such administrator.");
        }

        // There is no session: a silent sign-in always needs the page.
        if (request.HasPromptValue(PromptValues.None))
        {
            return Refuse(Errors.LoginRequired, "Choose an administrator.");
        }

        context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Content(SignInPage.Render(request, options.Administrators), "text/html; charset=utf-8");
    }

    private async Task<IResult> TokenAsync(HttpContext context)
    {
        var request = RequestOf(context);
        if (request.IsPasswordGrantType())
        {
            return Find(request.Username) is { } administrator && request.Password == options.Password
                ? SignIn(administrator, request)
                : Refuse(Errors.InvalidGrant, "The user name or the password is wrong.");
        }

        if (request.IsClientCredentialsGrantType())
        {
            return SignIn(options.Applications.Single(application => application.ClientId == request.ClientId), request);
        }

        // Without a database OpenIddict does not know that a code was redeemed.
        if (!redeemedCodes.TryAdd(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(request.Code!))), true))
        {
            return Refuse(Errors.InvalidGrant, "The code was redeemed before.");
        }

        var authorized = await context.AuthenticateAsync(Scheme);
        return authorized.Principal?.Identity is ClaimsIdentity identity && Find(identity.GetClaim(Claims.Subject)) is { } chosen
            ? SignIn(identity, chosen)
            : Refuse(Errors.InvalidGrant, "There is no such administrator.");
    }

    // Lets OpenIddict send the browser to post_logout_redirect_uri; there is no session to end.
    private static SignOutHttpResult EndSession() =>
        TypedResults.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [Scheme]);

    private SignInHttpResult SignIn(DemoAdministrator administrator, OpenIddictRequest request)
    {
        var identity = new ClaimsIdentity(Scheme, Claims.Name, RolesClaim);
        identity.SetClaim(Claims.Subject, administrator.Username)
            .SetClaim(Claims.AuthenticationTime, time.GetUtcNow().ToUnixTimeSeconds())
            .SetClaim(Claims.Name, administrator.Name)
            .SetClaim(Claims.PreferredUsername, administrator.Username)
            .SetClaim(TenantClaim, administrator.TenantId);
        identity.SetScopes(request.GetScopes());
        identity.SetResources(options.Audience);
        return SignIn(identity, administrator);
    }

    /// <summary>The token of an application that acts for itself, as Microsoft Entra ID writes it.</summary>
    private SignInHttpResult SignIn(DemoApplication application, OpenIddictRequest request)
    {
        var identity = new ClaimsIdentity(Scheme, Claims.Name, RolesClaim);
        identity.SetClaim(Claims.Subject, application.ClientId)
            .SetClaim(Claims.AuthorizedParty, application.ClientId)
            .SetClaim("idtyp", "app")
            .SetClaim(TenantClaim, application.TenantId);
        identity.AddClaim(new Claim(RolesClaim, JsonSerializer.Serialize(application.Roles), JsonClaimValueTypes.JsonArray));
        if (application.Roles.Contains(DemoApplication.Receive))
        {
            identity.SetScopes(request.GetScopes().Intersect(DemoApplication.ReceiverScopes));
        }

        identity.SetResources(options.Audience);
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return TypedResults.SignIn(new ClaimsPrincipal(identity), authenticationScheme: Scheme);
    }

    private static SignInHttpResult SignIn(ClaimsIdentity identity, DemoAdministrator administrator)
    {
        identity.RemoveClaims(RolesClaim);
        if (administrator.Roles.Count > 0)
        {
            // An array also when there is one role; a code forgets that it was one.
            identity.AddClaim(new Claim(RolesClaim, JsonSerializer.Serialize(administrator.Roles), JsonClaimValueTypes.JsonArray));
        }

        identity.SetDestinations(_ => [Destinations.AccessToken, Destinations.IdentityToken]);
        return TypedResults.SignIn(new ClaimsPrincipal(identity), authenticationScheme: Scheme);
    }

    private static ForbidHttpResult Refuse(string error, string description) => TypedResults.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Scheme]);

    private DemoAdministrator? Find(string? username) =>
        options.Administrators.FirstOrDefault(known => known.Username == username);

    private static OpenIddictRequest RequestOf(HttpContext context) =>
        context.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("OpenIddict has not seen this request.");
}
