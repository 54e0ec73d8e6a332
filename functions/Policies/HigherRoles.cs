using BlokSec.Contracts;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Policies;

/// <summary>
/// Nobody acts on a user who is an administrator with a role that the caller lacks: for all functions that change something of one user at once.
/// Those that may demand a second person look by themselves, in the same read.
/// </summary>
internal static class HigherRoles
{
    /// <summary>Middleware; callers are known, let in and limited to their departments by now.</summary>
    public static async Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        var metadata = context.GetEndpoint()!.Metadata;
        if (!HttpMethods.IsGet(context.Request.Method)
            && AdminPolicies.IsForAdministrators(metadata.GetMetadata<IAuthorizeData>()?.Policy)
            && metadata.GetMetadata<RefusesAttribute>()?.Codes.Contains(ProblemCodes.SecondPersonRequired) != true
            && context.GetRouteValue("userId") is string userId
            && Administrator.From(context.User, context.RequestServices.GetRequiredService<IOptions<AuthOptions>>().Value) is { } administrator
            && await context.RequestServices.GetRequiredService<SecondPerson>().RefuseHigherAsync(
                administrator, new UserKey(administrator.TenantId, userId), context.RequestAborted) is { } refusal)
        {
            await refusal.ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
