using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Audit;

/// <summary>What happened to a user, for the auditor.</summary>
internal static class AuditFeature
{
    public static void AddAudit(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<ListAuditEntries>();

    public static void MapAudit(this IEndpointRouteBuilder app) =>
        app.MapHttp<ListAuditEntries>(HttpMethods.Get, "users/{userId}/audit").RequireAuthorization(AdminPolicies.UsersRead);
}
