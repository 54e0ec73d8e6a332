using BlokSec.Local.Faults;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.SignIn;

/// <summary>
/// The sign-in service on a laptop: an OIDC issuer over clear-text HTTP/1.1 for the admin console (authorization code with PKCE) and for curl
/// (password grant), and the managed identity of the function app. <c>local/SignIn/README.md</c> says how to use it.
/// </summary>
internal sealed class SignInStandIn : IAsyncDisposable
{
    private static readonly string[] Operations = ["discovery", "jwks", "token", "authorize", "logout", "userinfo", "identity-token"];

    private readonly StandIn server;
    private readonly SignInKeys keys;
    private readonly IdentityTokens tokens;

    private SignInStandIn(StandIn server, SignInKeys keys, IdentityTokens tokens)
    {
        this.server = server;
        this.keys = keys;
        this.tokens = tokens;
    }

    /// <summary>The issuer: what the API has as <c>Auth:Authority</c> and the console as authority.</summary>
    public Uri Address => server.Address;

    /// <summary>What the function app has as <c>IDENTITY_ENDPOINT</c>.</summary>
    public Uri IdentityEndpointAddress => new(server.Address, IdentityEndpoint.Path);

    /// <summary>Starts the sign-in service; tokens made before a restart stay good when the key file and the port are the same.</summary>
    public static async Task<SignInStandIn> StartAsync(SignInStandInOptions options, Traffic traffic)
    {
        StandIn? server = null;
        var keys = SignInKeys.Load(options.KeyPath);
        var tokens = new IdentityTokens(keys, Issuer, TimeProvider.System);
        var endpoints = new SignInEndpoints(options, TimeProvider.System);
        var profile = new FaultProfile("signin", Operations, Describe, WriteErrorAsync);
        try
        {
            server = await StandIn.StartAsync(
                options.Port,
                HttpProtocols.Http1,
                services =>
                {
                    AuthorizationServer.Add(services, options, keys, Issuer);
                    services.AddRouting();
                    services.AddCors(cors => cors.AddDefaultPolicy(
                        policy => policy.WithOrigins([.. options.Origins]).AllowAnyHeader().AllowAnyMethod()));
                },
                app =>
                {
                    app.UseMiddleware<FaultMiddleware>(traffic, profile);
                    app.UseRouting();
                    app.UseCors();
                    app.UseAuthentication();
                    endpoints.Map(app);
                    IdentityEndpoint.Map(app, tokens, options);
                });
            return new SignInStandIn(server, keys, tokens);
        }
        catch
        {
            keys.Dispose();
            throw;
        }

        Uri Issuer() => server!.Address;
    }

    /// <summary>A token of a managed identity for a resource; for callers in this process.</summary>
    public string IssueServiceToken(string resource) => tokens.Create(resource).Token;

    /// <summary>Whether a token of the managed identity is good for one of these resources; for the other stand-ins, in process.</summary>
    public Task<bool> ValidateAccessTokenAsync(string token, params string[] audiences) => tokens.ValidateAsync(token, audiences);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        keys.Dispose();
    }

    private static string? Describe(HttpContext context) => context.Request.Path.Value switch
    {
        AuthorizationServer.DiscoveryPath => "discovery",
        AuthorizationServer.KeysPath => "jwks",
        AuthorizationServer.TokenPath => "token",
        AuthorizationServer.AuthorizePath => "authorize",
        AuthorizationServer.EndSessionPath => "logout",
        AuthorizationServer.UserInfoPath => "userinfo",
        IdentityEndpoint.Path => "identity-token",
        _ => null,
    };

    private static Task WriteErrorAsync(HttpContext context, FaultRule rule) =>
        context.Response.WriteAsJsonAsync(
            new { error = rule.Reason ?? "temporarily_unavailable", error_description = "A fault of the local cloud." },
            context.RequestAborted);
}
