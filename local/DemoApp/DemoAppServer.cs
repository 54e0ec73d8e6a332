using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.DemoApp;

/// <summary>
/// An application in which users sign in by push: an ordinary OAuth client that knows BlokSec by its public API only. Its secret, its tokens and
/// the ids of its requests stay here; the browser gets a cookie that names nothing.
/// </summary>
internal sealed class DemoAppServer : IAsyncDisposable
{
    private readonly StandIn server;
    private readonly Attempts attempts;

    private DemoAppServer(StandIn server, Attempts attempts)
    {
        this.server = server;
        this.attempts = attempts;
    }

    public Uri Address => server.Address;

    public static async Task<DemoAppServer> StartAsync(DemoAppOptions options)
    {
        var attempts = new Attempts(options);
        try
        {
            var server = await StandIn.StartAsync(
                options.Port, HttpProtocols.Http1, services => services.AddRouting(), app => Map(app, options, attempts));
            return new DemoAppServer(server, attempts);
        }
        catch
        {
            await attempts.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await attempts.DisposeAsync();
    }

    private static void Map(WebApplication app, DemoAppOptions options, Attempts attempts)
    {
        var here = app.MapGroup("").AddEndpointFilter<LocalOnlyFilter>();
        StaticPage.Map(here, "demo-app-page/");
        here.MapGet("/about", () => Json(new { Application = options.Application.Name, options.Phones }));
        DemoAppEndpoints.Map(here, attempts);
    }

    private static IResult Json<T>(T value) => Results.Json(value, PhoneJson.Options);
}
