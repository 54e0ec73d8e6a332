using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>What applications may do, named as the app roles of their tokens.</summary>
internal static class ApplicationPolicies
{
    /// <summary>Asks that users approve sign-ins.</summary>
    public const string AuthenticationRequest = "Authentication.Request";

    /// <summary>Receives events: manages its streams and polls them. The scope <see cref="EventReceivers.ManageScope"/> says the same.</summary>
    public const string EventsReceive = "Events.Receive";

    /// <summary>Provisions users from a directory (SCIM), see <see cref="DirectoryAuthentication"/>.</summary>
    public const string DirectoryProvision = "Directory.Provision";

    /// <summary>Whether no person may call what has this policy, whatever the scope of the token.</summary>
    public static bool IsForApplications(string? policy) => policy is AuthenticationRequest or EventsReceive or EventReceivers.Read or DirectoryProvision;

    public static IServiceCollection AddApplicationPolicies(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, ApplicationRoleHandler>();
        services.AddSingleton<IAuthorizationHandler, EventReceiverHandler>();
        services.AddAuthorizationBuilder().AddPolicy(AuthenticationRequest, policy => policy
            .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme)
            .AddRequirements(new ApplicationRoleRequirement(AuthenticationRequest)));
        services.AddAuthorizationBuilder()
            .AddPolicy(EventsReceive, policy => policy
                .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme)
                .AddRequirements(new EventReceiverRequirement(EventReceivers.ManageScope)))
            .AddPolicy(EventReceivers.Read, policy => policy
                .AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme)
                .AddRequirements(new EventReceiverRequirement(EventReceivers.ManageScope, EventReceivers.ReadScope)));
        return services;
    }
}

/// <summary>What receivers of events may do by a scope, where an issuer knows no app roles (CAEP Interoperability Profile 1.0, section 2.7.3).</summary>
internal static class EventReceivers
{
    /// <summary>The policy of what a receiver reads. The role <see cref="ApplicationPolicies.EventsReceive"/> and either scope allow it.</summary>
    public const string Read = "Events.Read";

    /// <summary>The scope for all of a receiver's calls.</summary>
    public const string ManageScope = "ssf.manage";

    /// <summary>The scope for what a receiver reads.</summary>
    public const string ReadScope = "ssf.read";
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

/// <summary>An application that may receive events.</summary>
/// <param name="Scopes">The scopes of which one does as well as the role.</param>
internal sealed record EventReceiverRequirement(params IReadOnlyList<string> Scopes) : IAuthorizationRequirement;

/// <summary>Grants an <see cref="EventReceiverRequirement"/> to an application of a tenant by the role or by one of the scopes in its own token; never to a person.</summary>
internal sealed class EventReceiverHandler(IOptions<AuthOptions> options) : AuthorizationHandler<EventReceiverRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, EventReceiverRequirement requirement)
    {
        if (CallingApplication.From(context.User, options.Value) is not null
            && (context.User.HasClaim(options.Value.RoleClaim, ApplicationPolicies.EventsReceive)
                || requirement.Scopes.Any(scope => AccessTokens.HasScope(context.User, scope))))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
