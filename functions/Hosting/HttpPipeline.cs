using BlokSec.Functions.Administrators;
using BlokSec.Functions.Http;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Policies;

namespace BlokSec.Functions.Hosting;

/// <summary>The pipeline before an HTTP function: errors (as problem details), authentication, authorization, rate limits.</summary>
internal static class HttpPipeline
{
    public static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseResponseHeaders();
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true, ExceptionHandler = _ => Task.CompletedTask });
        app.UseStatusCodePages(RequestBodies.ExplainAsync);
        app.Use(RequestBodies.CheckAsync);
        app.UseRequestTimeouts();
        app.UseStrangerLimits();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimits();
        app.Use(SeenAdministrators.ObserveAsync);
        app.Use(CallScope.ObserveAsync);
        app.Use(AdministratorScopes.EnforceAsync);
        app.Use(HigherRoles.RefuseAsync);
        app.Run(context => context.GetEndpoint()!.RequestDelegate!(context));
        return app.Build();
    }
}
