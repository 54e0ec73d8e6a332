using System.Collections.Immutable;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace BlokSec.Local.SignIn;

/// <summary>
/// OpenIddict in degraded mode, that is without a database: it speaks the protocol (discovery, keys, PKCE, codes, tokens), and what it would
/// look up is checked here: the one client and its addresses.
/// </summary>
internal static class AuthorizationServer
{
    public const string AuthorizePath = "/connect/authorize";
    public const string TokenPath = "/connect/token";
    public const string EndSessionPath = "/connect/logout";
    public const string UserInfoPath = "/connect/userinfo";
    public const string DiscoveryPath = "/.well-known/openid-configuration";
    public const string KeysPath = "/.well-known/jwks";

    public static void Add(IServiceCollection services, SignInStandInOptions options, SignInKeys keys, Func<Uri> issuer)
    {
        services.AddOpenIddict().AddServer(server =>
        {
            server.EnableDegradedMode()
                .SetConfigurationEndpointUris(DiscoveryPath[1..])
                .SetJsonWebKeySetEndpointUris(KeysPath[1..])
                .SetAuthorizationEndpointUris(AuthorizePath[1..])
                .SetTokenEndpointUris(TokenPath[1..])
                .SetEndSessionEndpointUris(EndSessionPath[1..])
                .SetUserInfoEndpointUris(UserInfoPath[1..])
                .AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange()
                .AllowPasswordFlow()
                .AllowClientCredentialsFlow()
                .AcceptAnonymousClients()
                .DisableScopeValidation()
                .RegisterScopes([OpenIddictConstants.Scopes.Profile, SignInStandInOptions.ApiScope, .. DemoApplication.ReceiverScopes])
                .SetAccessTokenLifetime(options.AccessTokenLifetime)
                .SetIdentityTokenLifetime(options.AccessTokenLifetime)
                .AddSigningCredentials(new SigningCredentials(keys.Signing, SecurityAlgorithms.EcdsaSha256))
                .AddEncryptionKey(keys.Encryption)
                .DisableAccessTokenEncryption();
            server.UseAspNetCore()
                .DisableTransportSecurityRequirement()
                .EnableAuthorizationEndpointPassthrough()
                .EnableTokenEndpointPassthrough()
                .EnableEndSessionEndpointPassthrough();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context => ValidateAsync(context, options)));
            server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context => ValidateAsync(context, options)));
            server.AddEventHandler<ValidateEndSessionRequestContext>(handler => handler.UseInlineHandler(context => ValidateAsync(context, options)));
            server.AddEventHandler<HandleUserInfoRequestContext>(handler => handler.UseInlineHandler(AddClaimsAsync));
        });

        // The port is known when the server listens; the first request comes later.
        services.AddOptions<OpenIddictServerOptions>().Configure(server =>
        {
            server.Issuer = issuer();
            server.CodeChallengeMethods.Clear();
            server.CodeChallengeMethods.Add(OpenIddictConstants.CodeChallengeMethods.Sha256);
        });
    }

    private static ValueTask ValidateAsync(ValidateAuthorizationRequestContext context, SignInStandInOptions options)
    {
        if (context.ClientId != options.ClientId)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient, $"The client_id must be {options.ClientId}.");
        }
        else if (!IsKnown(context.RedirectUri, options))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest, "The redirect_uri is not one of the console's.");
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask ValidateAsync(ValidateTokenRequestContext context, SignInStandInOptions options)
    {
        if (context.Request.IsClientCredentialsGrantType())
        {
            if (context.ClientSecret != options.Password || options.Applications.All(application => application.ClientId != context.ClientId))
            {
                context.Reject(OpenIddictConstants.Errors.InvalidClient, "There is no such application, or its secret is wrong.");
            }

            return ValueTask.CompletedTask;
        }

        // The password grant is for curl: it needs no client.
        var isNeeded = !context.Request.IsPasswordGrantType();
        if (context.ClientId is { } clientId ? clientId != options.ClientId : isNeeded)
        {
            context.Reject(OpenIddictConstants.Errors.InvalidClient, $"The client_id must be {options.ClientId}.");
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask ValidateAsync(ValidateEndSessionRequestContext context, SignInStandInOptions options)
    {
        if (context.PostLogoutRedirectUri is { } uri && !IsKnown(uri, options))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest, "The post_logout_redirect_uri is not one of the console's.");
        }

        return ValueTask.CompletedTask;
    }

    private static ValueTask AddClaimsAsync(HandleUserInfoRequestContext context)
    {
        foreach (var type in SignInEndpoints.ClaimTypes)
        {
            if (context.AccessTokenPrincipal.GetClaims(type) is [_, ..] values)
            {
                context.Claims[type] = type == SignInEndpoints.RolesClaim
                    ? new OpenIddictParameter(ImmutableArray.CreateRange<string?>(values))
                    : new OpenIddictParameter(values[0]);
            }
        }

        return ValueTask.CompletedTask;
    }

    private static bool IsKnown(string? uri, SignInStandInOptions options) =>
        options.RedirectUris.Any(known => known.OriginalString == uri);
}
