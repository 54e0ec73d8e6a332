using BlokSec.Contracts;
using BlokSec.Functions.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BlokSec.Functions.Security;

/// <summary>
/// Access tokens of administrators, from any OIDC issuer. Nothing is fetched before the first token arrives. Refusals are problem details
/// with a stable <c>code</c>; when the issuer's metadata cannot be read the answer is 503, because nothing is known about the token then.
/// </summary>
internal static partial class AdminAuthentication
{
    /// <summary>How far an issuer's clock may be off. Well-kept clocks differ by seconds; five minutes, the default, would prolong every token.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Public keys only: a shared secret is nothing an issuer publishes.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static IServiceCollection AddAdminAuthentication(this IServiceCollection services)
    {
        // AddAuthentication would also add data protection, which makes and stores a key ring at every cold start, for cookies that
        // do not exist here; and scheme settings from configuration, which could widen what is accepted.
        services.AddAuthenticationCore();
        services.AddWebEncoders();
        services.AddSingleton<IAuthenticationConfigurationProvider, NoSchemeSettings>();
        new AuthenticationBuilder(services).AddJwtBearer();
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<AuthOptions>>((bearer, auth) => Configure(bearer, auth.Value));
        return services;
    }

    private static void Configure(JwtBearerOptions bearer, AuthOptions auth)
    {
        bearer.Authority = auth.Authority;
        bearer.Audience = auth.Audience;
        bearer.RequireHttpsMetadata = !auth.IsLoopback;
        bearer.BackchannelTimeout = MetadataTimeout;
        bearer.MapInboundClaims = false;
        bearer.TokenValidationParameters.ValidAlgorithms = Algorithms;
        bearer.TokenValidationParameters.TypeValidator = AccessTokens.CheckType;
        bearer.TokenValidationParameters.ClockSkew = ClockSkew;
        bearer.TokenValidationParameters.NameClaimType = "name";
        bearer.TokenValidationParameters.RoleClaimType = auth.RoleClaim;
        bearer.Events = new JwtBearerEvents
        {
            OnTokenValidated = RefuseIdTokenAsync,
            OnChallenge = ChallengeAsync,
            OnForbidden = context => ForbidAsync(context, auth),
        };
    }

    private static Task RefuseIdTokenAsync(TokenValidatedContext context)
    {
        if (AccessTokens.IsIdToken(context.Principal!))
        {
            context.Fail(new SecurityTokenInvalidTypeException("An ID token."));
        }

        return Task.CompletedTask;
    }

    private static async Task ChallengeAsync(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        if (context.AuthenticateFailure is not null && !await IssuerIsKnownAsync(context))
        {
            context.Response.Headers.RetryAfter = "5";
            await Problems.Of(
                ProblemCodes.Unavailable,
                "The sign-in service cannot be reached, so whether the access token is good is not known. Try again shortly.")
                .ExecuteAsync(context.HttpContext);
            return;
        }

        // RFC 6750, section 3.1: no error code when there was no token.
        context.Response.Headers.WWWAuthenticate =
            context.AuthenticateFailure is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        var detail = context.AuthenticateFailure switch
        {
            null => "There is no access token.",
            SecurityTokenInvalidTypeException => "This is another kind of token, such as an ID token. Send an access token.",
            SecurityTokenExpiredException => "The access token has expired.",
            _ => "The access token is not valid here.",
        };
        await Problems.Of(ProblemCodes.Unauthenticated, detail).ExecuteAsync(context.HttpContext);
    }

    // A token is validated without keys when there is no metadata, which looks like a bad signature.
    private static async Task<bool> IssuerIsKnownAsync(JwtBearerChallengeContext context)
    {
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
            return true;
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or HttpRequestException)
        {
            var logger = context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>()
                .CreateLogger(typeof(AdminAuthentication).FullName!);
            Log.IssuerUnreachable(logger, context.Options.MetadataAddress, exception);
            return false;
        }
    }

    private static Task ForbidAsync(ForbiddenContext context, AuthOptions auth)
    {
        if (context.HttpContext.Features.Get<MissingSignIn>() is not null)
        {
            return context.HttpContext.RequestServices.GetRequiredService<RecentSignIns>().ChallengeAsync(context.HttpContext);
        }

        if (PolicyOf(context.HttpContext) is ApplicationPolicies.EventsReceive or EventReceivers.Read)
        {
            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{EventReceivers.ManageScope}\"";
        }

        if (AccessTokens.IsForApi(context.HttpContext.User, auth) || IsForApplications(context.HttpContext))
        {
            return Problems.Of(
                ProblemCodes.Forbidden, "The caller lacks the required role, or the access token names no tenant.")
                .ExecuteAsync(context.HttpContext);
        }

        // RFC 6750, section 3.1.
        context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{auth.Scope}\"";
        return Problems.Of(
            ProblemCodes.InsufficientScope,
            $"The access token lacks the scope {auth.Scope}. Ask the sign-in service for it; a new sign-in is needed.")
            .ExecuteAsync(context.HttpContext);
    }

    /// <summary>Whether no person may call this, whatever the scope of the token.</summary>
    private static bool IsForApplications(HttpContext context) =>
        ApplicationPolicies.IsForApplications(PolicyOf(context));

    private static string? PolicyOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>()?.Policy;

    private sealed class NoSchemeSettings : IAuthenticationConfigurationProvider
    {
        public IConfiguration AuthenticationConfiguration { get; } = new ConfigurationBuilder().Build();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The metadata of the sign-in service at {Address} cannot be read; administrators get 503")]
        public static partial void IssuerUnreachable(ILogger logger, string address, Exception exception);
    }
}
