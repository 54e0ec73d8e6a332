using System.Buffers.Text;
using System.Security.Cryptography;
using BlokSec.Local.Demo;
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
    private const int SecretBytes = 32;

    private readonly StandIn server;
    private readonly Attempts attempts;
    private readonly ApplicationClient client;
    private readonly HttpClient http;
    private readonly EventSubscription subscription;

    private DemoAppServer(StandIn server, Attempts attempts, ApplicationClient client, HttpClient http, EventSubscription subscription)
    {
        this.server = server;
        this.attempts = attempts;
        this.client = client;
        this.http = http;
        this.subscription = subscription;
    }

    public Uri Address => server.Address;

    /// <summary>The sign-ins of its browsers.</summary>
    public Attempts Attempts => attempts;

    /// <summary>Ends once the application is told of events.</summary>
    public Task Subscribed => subscription.Ready;

    public static async Task<DemoAppServer> StartAsync(DemoAppOptions options)
    {
        var attempts = new Attempts(options);
        var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var client = new ApplicationClient(options.Api, options.SignIn, options.Application);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var events = new SecurityEvents(http, options.Api, options.Application, secret, attempts);
        try
        {
            var server = await StandIn.StartAsync(
                options.Port, HttpProtocols.Http1, services => services.AddRouting(), app => Map(app, options, attempts, events));
            var subscription = new EventSubscription(
                client, options.Application.TenantId, new Uri(server.Address, SecurityEvents.Path), secret, options.Time);
            subscription.Start();
            return new DemoAppServer(server, attempts, client, http, subscription);
        }
        catch
        {
            await attempts.DisposeAsync();
            client.Dispose();
            http.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await subscription.DisposeAsync();
        await server.DisposeAsync();
        await attempts.DisposeAsync();
        client.Dispose();
        http.Dispose();
    }

    private static void Map(WebApplication app, DemoAppOptions options, Attempts attempts, SecurityEvents events)
    {
        app.MapPost(SecurityEvents.Path, (Delegate)events.ReceiveAsync);
        var here = app.MapGroup("").AddEndpointFilter<LocalOnlyFilter>();
        StaticPage.Map(here, "demo-app-page/");
        here.MapGet("/about", () => Json(new { Application = options.Application.Name, options.Phones }));
        DemoAppEndpoints.Map(here, attempts);
    }

    private static IResult Json<T>(T value) => Results.Json(value, PhoneJson.Options);
}
