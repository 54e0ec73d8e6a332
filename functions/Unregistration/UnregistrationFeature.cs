using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Unregistration;

/// <summary>Removing all devices of a user and resetting the identity.</summary>
internal static class UnregistrationFeature
{
    public static void AddUnregistration(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PlanUnregistration>();
        builder.Services.AddSingleton<UnregisterAllDevices>();
    }

    public static void MapUnregistration(this IEndpointRouteBuilder app)
    {
        app.MapHttp<PlanUnregistration>(HttpMethods.Get, "users/{userId}/unregistration/plan").RequireAuthorization(AdminPolicies.UsersRead);
        app.MapHttp<UnregisterAllDevices>(HttpMethods.Post, "users/{userId}/unregistration").RequireAuthorization(AdminPolicies.DevicesManage);
    }
}
