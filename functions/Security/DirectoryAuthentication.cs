using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace BlokSec.Functions.Security;

/// <summary>
/// How a directory shows who it is: with an access token of an application that has the role, or with a provisioning token, for directories that
/// cannot get access tokens. Both stand in the same header; which it is, its beginning tells. Nothing else accepts provisioning tokens.
/// </summary>
internal static class DirectoryAuthentication
{
    /// <summary>Chooses between the two.</summary>
    public const string Scheme = "Directory";

    /// <summary>Provisioning tokens.</summary>
    public const string TokenScheme = "ProvisioningToken";

    /// <summary>Begins every provisioning token, so that scanners of leaked secrets and people know one when they see it.</summary>
    public const string TokenPrefix = "bsprov_";

    private const string Bearer = "Bearer ";

    public static IServiceCollection AddDirectoryAuthentication(this IServiceCollection services)
    {
        new AuthenticationBuilder(services).AddPolicyScheme(Scheme, displayName: null, options =>
            options.ForwardDefaultSelector = context => TokenOf(context) is null ? JwtBearerDefaults.AuthenticationScheme : TokenScheme);
        services.AddSingleton<IAuthorizationHandler, DirectoryHandler>();
        services.AddAuthorizationBuilder().AddPolicy(ApplicationPolicies.DirectoryProvision, policy => policy
            .AddAuthenticationSchemes(Scheme)
            .AddRequirements(new DirectoryRequirement()));
        return services;
    }

    /// <summary>The provisioning token of a call; null when it has none.</summary>
    public static string? TokenOf(HttpContext context) =>
        context.Request.Headers[HeaderNames.Authorization] is [{ } header]
        && header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && header[Bearer.Length..].Trim() is { } token
        && token.StartsWith(TokenPrefix, StringComparison.Ordinal)
            ? token
            : null;
}

/// <summary>A directory.</summary>
internal sealed record DirectoryRequirement : IAuthorizationRequirement;

/// <summary>Grants it to a provisioning token, and to an application whose own token lists the role; never to a person.</summary>
internal sealed class DirectoryHandler(IOptions<AuthOptions> options) : AuthorizationHandler<DirectoryRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, DirectoryRequirement requirement)
    {
        var isToken = CallingDirectory.FromToken(context.User) is not null;
        if (isToken
            || (CallingDirectory.From(context.User, options.Value) is not null
                && context.User.HasClaim(options.Value.RoleClaim, ApplicationPolicies.DirectoryProvision)))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
