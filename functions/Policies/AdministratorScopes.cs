using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Policies;

/// <summary>
/// Limits administrators to the users of their departments, for all functions at once: what is about one user finds nobody else, see
/// <see cref="DepartmentScope"/>; what is about the tenant is refused unless it says <see cref="WithinScopeAttribute"/>.
/// </summary>
internal static class AdministratorScopes
{
    /// <summary>Middleware; callers are known and let in by now.</summary>
    public static async Task EnforceAsync(HttpContext context, RequestDelegate next)
    {
        var endpoint = context.GetEndpoint();
        if (AdminPolicies.IsForAdministrators(endpoint?.Metadata.GetMetadata<IAuthorizeData>()?.Policy)
            && Administrator.From(context.User, context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value) is { } administrator)
        {
            var policies = await context.RequestServices.GetRequiredService<CurrentPolicies>().OfAsync(administrator.TenantId, context.RequestAborted);
            policies.EnterScopeOf(administrator.Subject);
            if (DepartmentScope.OfCall is { } scope
                && !WithinScopeAttribute.Answers((endpoint as RouteEndpoint)?.RoutePattern.RawText, endpoint!.Metadata.GetMetadata<WithinScopeAttribute>() is not null))
            {
                await Problems.OutOfScope(
                    $"This concerns the whole tenant, and you are limited to the users of: {string.Join(", ", scope.Departments)}. Nothing was changed.")
                    .ExecuteAsync(context);
                return;
            }
        }

        await next(context);
    }

    /// <summary>Limits what follows in this call as the tenant limits this administrator.</summary>
    public static void EnterScopeOf(this TenantPolicies policies, string subject) =>
        DepartmentScope.Enter(subject, policies.Scopes?.FirstOrDefault(scope => scope.Subject == subject)?.Departments);
}
