using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Provisioning;

/// <summary>
/// Authenticates a directory by a provisioning token. Why one is refused is not told: who does not have it learns nothing about it.
/// </summary>
internal sealed class ProvisioningAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ProvisioningTokens tokens, TokenGuesses guesses)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    private RateLimitLease? refused;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (DirectoryAuthentication.TokenOf(Context) is not { } text)
        {
            return AuthenticateResult.NoResult();
        }

        var isToken = ProvisioningToken.TryParse(text, out var token);
        if (!(isToken && tokens.Knows(token!)) && guesses.Refuse(Context) is { } lease)
        {
            refused = lease;
            return AuthenticateResult.NoResult();
        }

        if (isToken && await tokens.FindAsync(token!, Context.RequestAborted) is { } found)
        {
            return AuthenticateResult.Success(
                new AuthenticationTicket(CallingDirectory.Authenticated(found.TenantId, found.TokenId, found.Name), Scheme.Name));
        }

        Measures.SecurityEvent("provisioning-token-refused");
        return AuthenticateResult.Fail("The provisioning token is not valid.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refused is not null)
        {
            return RateLimits.Refuse(refused).ExecuteAsync(Context);
        }

        Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return Problems.Of(ProblemCodes.Unauthenticated, "The provisioning token is unknown, was revoked, or has expired.").ExecuteAsync(Context);
    }
}
