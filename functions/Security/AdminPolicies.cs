using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Security;

/// <summary>
/// What administrators may do, named as the roles of their tokens. No role implies another: who manages devices and reads users was given
/// both. An endpoint without a policy refuses everyone.
/// </summary>
internal static class AdminPolicies
{
    /// <summary>Sees users, devices and operations.</summary>
    public const string UsersRead = "Users.Read";

    /// <summary>Removes devices, unregisters users, renews claims.</summary>
    public const string DevicesManage = "Devices.Manage";

    /// <summary>Invites, edits, imports, suspends and reactivates users, and lets them leave.</summary>
    public const string UsersManage = "Users.Manage";

    /// <summary>Manages applications, their accounts, and what they are told.</summary>
    public const string ApplicationsManage = "Applications.Manage";

    /// <summary>Reads and exports the audit of the whole tenant, and acts on nothing.</summary>
    public const string AuditRead = "Audit.Read";

    /// <summary>Chooses what the tenant demands of its administrators, and acts on nothing else.</summary>
    public const string PoliciesManage = "Policies.Manage";

    /// <summary>Said by each policy instead of being the default, which would look at the tokens of phones and probes as well.</summary>
    private const string Scheme = JwtBearerDefaults.AuthenticationScheme;

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [UsersRead, DevicesManage, UsersManage, ApplicationsManage, AuditRead, PoliciesManage];

    /// <summary>Whether a policy lets administrators in, and nobody else.</summary>
    public static bool IsForAdministrators(string? policy) => policy is not null && All.Contains(policy, StringComparer.Ordinal);

    public static IServiceCollection AddAdminPolicies(this IServiceCollection services)
    {
        services.AddSingleton<IAuthorizationHandler, AdminRoleHandler>();
        var policies = services.AddAuthorizationBuilder();
        foreach (var role in All)
        {
            policies.AddPolicy(role, policy => policy.AddAuthenticationSchemes(Scheme).AddRequirements(new AdminRoleRequirement(role)));
        }

        policies.SetFallbackPolicy(new AuthorizationPolicyBuilder(Scheme).RequireAssertion(_ => false).Build());
        return services;
    }
}

/// <summary>An administrator with this role.</summary>
internal sealed record AdminRoleRequirement(string Role) : IAuthorizationRequirement;

/// <summary>
/// Grants an <see cref="AdminRoleRequirement"/> to administrators of a tenant whose token lists the role, and who signed in recently where that is
/// demanded.
/// </summary>
internal sealed class AdminRoleHandler(IOptions<AuthOptions> options, RecentSignIns signIns) : AuthorizationHandler<AdminRoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, AdminRoleRequirement requirement)
    {
        if (Administrator.From(context.User, options.Value) is not null
            && context.User.HasClaim(options.Value.RoleClaim, requirement.Role))
        {
            if (context.Resource is HttpContext call && signIns.IsMissing(call))
            {
                call.Features.Set(new MissingSignIn());
            }
            else
            {
                context.Succeed(requirement);
            }
        }

        return Task.CompletedTask;
    }
}
