using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>What applications may do, named as the app roles of their tokens.</summary>
internal static class ApplicationPolicies
{
    /// <summary>Asks that users approve sign-ins.</summary>
    public const string AuthenticationRequest = "Authentication.Request";

    public static IServiceCollection AddApplicationPolicies(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, ApplicationRoleHandler>();
        services.AddAuthorizationBuilder().AddPolicy(AuthenticationRequest, policy => policy
            .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme)
            .AddRequirements(new ApplicationRoleRequirement(AuthenticationRequest)));
        return services;
    }
}

/// <summary>An application with this role.</summary>
internal sealed record ApplicationRoleRequirement(string Role) : IAuthorizationRequirement;

/// <summary>Grants an <see cref="ApplicationRoleRequirement"/> to an application of a tenant whose own token lists the role; never to a person.</summary>
internal sealed class ApplicationRoleHandler(IOptions<AuthOptions> options) : AuthorizationHandler<ApplicationRoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ApplicationRoleRequirement requirement)
    {
        if (CallingApplication.From(context.User, options.Value) is not null
            && context.User.HasClaim(options.Value.RoleClaim, requirement.Role))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
