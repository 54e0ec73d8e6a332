using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Faults;

/// <summary>A small web server on loopback that stands in for one cloud service.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private readonly WebApplication app;

    private StandIn(WebApplication app)
    {
        this.app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts a stand-in on a port of 127.0.0.1.</summary>
    /// <param name="port">The port; 0 for any that is free.</param>
    /// <param name="protocols">HTTP versions spoken in clear text; HTTP/2 alone means prior knowledge.</param>
    /// <param name="configure">Adds services.</param>
    /// <param name="map">Adds middleware and endpoints.</param>
    /// <param name="streams">How many requests an HTTP/2 connection carries at once; Kestrel's number when null.</param>
    public static async Task<StandIn> StartAsync(
        int port, HttpProtocols protocols, Action<IServiceCollection> configure, Action<WebApplication> map, int? streams = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // A client that insists on TLS comes through something that ends it, and says https.
            kestrel.AllowAlternateSchemes = true;
            kestrel.Limits.Http2.MaxStreamsPerConnection = streams ?? kestrel.Limits.Http2.MaxStreamsPerConnection;
            kestrel.Listen(System.Net.IPAddress.Loopback, port, listen => listen.Protocols = protocols);
        });
        configure(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new StandIn(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }
}
