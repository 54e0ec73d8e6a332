using BlokSec.Local.Cosmos.Storage;
using BlokSec.Local.Faults;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BlokSec.Local.Cosmos;

/// <summary>
/// Azure Cosmos DB (NoSQL) on a laptop: a REST gateway over clear-text HTTP/1.1 that Microsoft.Azure.Cosmos accepts in
/// <c>ConnectionMode.Gateway</c> with <c>LimitToEndpoint = true</c>. <c>local/Cosmos/README.md</c> says what it does and does not do.
/// </summary>
internal sealed class CosmosStandIn : IAsyncDisposable
{
    /// <summary>The largest request body: the service refuses items over 2 MB and batches over 2 MB, both with 413.</summary>
    private const long LargestBody = 8 * 1024 * 1024;

    private readonly StandIn server;
    private readonly Gateway gateway;

    private CosmosStandIn(StandIn server, Gateway gateway, Store store)
    {
        this.server = server;
        this.gateway = gateway;
        Store = store;
    }

    /// <summary>The account endpoint.</summary>
    public Uri Address => server.Address;

    /// <summary>What is kept; tests look into it.</summary>
    internal Store Store { get; }

    /// <summary>Starts the gateway; its data is there again when the file of the options was used before.</summary>
    public static async Task<CosmosStandIn> StartAsync(CosmosStandInOptions options, Traffic traffic)
    {
        var store = new Store(options.DatabasePath);
        var gateway = new Gateway(store, new Authorization(options), options.Time);
        var profile = new FaultProfile("cosmos", CosmosOperation.All, CosmosOperation.Of, CosmosErrors.WriteAsync, SearchableAsync);
        try
        {
            var server = await StandIn.StartAsync(
                options.Port,
                HttpProtocols.Http1,
                services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestBodySize = LargestBody),
                app =>
                {
                    app.UseMiddleware<FaultMiddleware>(traffic, profile);
                    app.Run(gateway.HandleAsync);
                });
            return new CosmosStandIn(server, gateway, store);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Creates items without a request for each: a million takes a minute or two.</summary>
    public void Fill(string database, string container, IEnumerable<byte[]> items) => gateway.Fill(database, container, items);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        Store.Dispose();
    }

    /// <summary>Faults are aimed by path or by partition key.</summary>
    private static ValueTask<string> SearchableAsync(HttpContext context) =>
        ValueTask.FromResult(context.Request.Path + " " + context.Request.Headers[CosmosHeaders.PartitionKey]);
}
