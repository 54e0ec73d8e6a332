using BlokSec.Functions.Hosting;

namespace BlokSec.Functions.Health;

/// <summary>Whether the app lives and can work.</summary>
internal static class HealthFeature
{
    public static void AddHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<GetLiveness>();
        builder.Services.AddSingleton<GetReadiness>();
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHttp<GetLiveness>(HttpMethods.Get, "health/live").AllowAnonymous();
        app.MapHttp<GetReadiness>(HttpMethods.Get, "health/ready").AllowAnonymous();
    }
}
