using System.Text.Json;
using BlokSec.Local.Cosmos;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Cosmos;

/// <summary>A stand-in and the real SDK in front of it, over a socket.</summary>
public sealed class CosmosFixture : IAsyncLifetime
{
    private CosmosStandIn? standIn;
    private CosmosClient? client;

    internal Traffic Traffic { get; } = new();

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    internal CosmosStandIn StandIn => standIn!;

    internal CosmosClient Client => client!;

    internal static CosmosClientOptions Options => new()
    {
        ConnectionMode = ConnectionMode.Gateway,
        LimitToEndpoint = true,
        MaxRetryAttemptsOnRateLimitedRequests = 0,
        UseSystemTextJsonSerializerWithOptions = new JsonSerializerOptions(JsonSerializerDefaults.Web),
    };

    public async ValueTask InitializeAsync()
    {
        standIn = await CosmosStandIn.StartAsync(new() { Time = Time }, Traffic);
        client = new CosmosClient(standIn.Address.ToString(), CosmosStandInOptions.EmulatorKey, Options);
        await client.CreateDatabaseIfNotExistsAsync("d", cancellationToken: TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        client?.Dispose();
        if (standIn is not null)
        {
            await standIn.DisposeAsync();
        }
    }

    /// <summary>A new container with the partition key of the product, tenant and user.</summary>
    internal async Task<Container> CreateContainerAsync(Action<ContainerProperties>? configure = null)
    {
        var properties = new ContainerProperties(Guid.NewGuid().ToString("n"), ["/tenantId", "/userId"]);
        configure?.Invoke(properties);
        var response = await Client.GetDatabase("d").CreateContainerAsync(properties, cancellationToken: TestContext.Current.CancellationToken);
        return response.Container;
    }

    internal static PartitionKey Key(string tenant, string user) => new PartitionKeyBuilder().Add(tenant).Add(user).Build();

    /// <summary>The operations that reached the stand-in while the work ran.</summary>
    internal async Task<IReadOnlyList<string>> OperationsAsync(Func<Task> work)
    {
        var mark = Traffic.Mark;
        await work();
        return [.. Traffic.Since(mark).Select(request => request.Operation)];
    }
}
