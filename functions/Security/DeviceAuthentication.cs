using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// Authenticates a phone by the proof in its <c>DPoP</c> header. That the key is one of a registered device is for the function to see:
/// an enrolling phone is not registered yet, a removed one has to be told so.
/// </summary>
internal sealed class DeviceAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, DeviceProofs proofs)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "DeviceProof";

    /// <summary>Whoever calls has the private key of the device it names.</summary>
    public const string Policy = "Device";

    private string? fault;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var result = await proofs.VerifyAsync(Request, Context.RequestAborted);
        if (result is not DeviceProofResult.Valid valid)
        {
            fault = ((DeviceProofResult.Invalid)result).Reason;
            return AuthenticateResult.Fail(fault);
        }

        Context.Features.Set(valid.Proof);
        var identity = new ClaimsIdentity([new Claim("device", valid.Proof.DeviceId)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "DPoP algs=\"ES256 EdDSA\"";
        return new ProofRefusal(fault ?? "The proof of the device is missing.").ExecuteAsync(Context);
    }
}

/// <summary>Adds the authentication of phones.</summary>
internal static class DeviceAuthenticationExtensions
{
    public static IServiceCollection AddDeviceAuthentication(this IServiceCollection services)
    {
        new AuthenticationBuilder(services).AddScheme<AuthenticationSchemeOptions, DeviceAuthentication>(DeviceAuthentication.SchemeName, null);
        services.AddAuthorizationBuilder().AddPolicy(DeviceAuthentication.Policy, policy => policy
            .AddAuthenticationSchemes(DeviceAuthentication.SchemeName)
            .RequireAuthenticatedUser());
        return services;
    }
}
