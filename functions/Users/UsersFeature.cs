using BlokSec.Functions.Hosting;
using BlokSec.Functions.Security;

namespace BlokSec.Functions.Users;

/// <summary>Finding users and showing one.</summary>
internal static class UsersFeature
{
    public static void AddUsers(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ListUsers>();
        builder.Services.AddSingleton<GetUser>();
    }

    public static void MapUsers(this IEndpointRouteBuilder app)
    {
        app.MapHttp<ListUsers>(HttpMethods.Get, "users").RequireAuthorization(AdminPolicies.UsersRead);
        app.MapHttp<GetUser>(HttpMethods.Get, "users/{userId}").RequireAuthorization(AdminPolicies.UsersRead);
    }
}
