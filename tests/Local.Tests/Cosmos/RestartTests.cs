using BlokSec.Local.Cosmos;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class RestartTests : IDisposable
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Everything_is_there_again_after_a_restart()
    {
        string etag = string.Empty, token = string.Empty;
        await RunAsync(async client =>
        {
            var database = (await client.CreateDatabaseAsync("d", cancellationToken: Cancellation)).Database;
            var container = (await database.CreateContainerAsync(new("c", ["/tenantId", "/userId"]), cancellationToken: Cancellation)).Container;
            etag = (await container.CreateItemAsync(new Thing("a") { Type = "x" }, Key, cancellationToken: Cancellation)).ETag;
            await container.CreateItemAsync(new Thing("b") { Type = "x" }, Key, cancellationToken: Cancellation);
            using var feed = Query(container, null);
            token = (await feed.ReadNextAsync(Cancellation)).ContinuationToken;
        });

        await RunAsync(async client =>
        {
            var container = client.GetContainer("d", "c");
            Assert.Equal(etag, (await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation)).ETag);
            using var feed = Query(container, token);
            Assert.Equal(["b"], (await feed.ReadNextAsync(Cancellation)).Select(item => item.Id));
            await container.DeleteItemAsync<Thing>("b", Key, cancellationToken: Cancellation);
            await container.CreateItemAsync(new Thing("c") { Type = "x" }, Key, cancellationToken: Cancellation);
            Assert.Equal(["a", "c"], (await Query(container, null).ReadAllAsync()).Select(item => item.Id));
        });
    }

    private static FeedIterator<Thing> Query(Container container, string? token) => container.GetItemQueryIterator<Thing>(
        "SELECT * FROM c WHERE c.type = 'x'", token, new() { PartitionKey = Key, MaxItemCount = 1, EnableOptimisticDirectExecution = true });

    private async Task RunAsync(Func<CosmosClient, Task> work)
    {
        await using var standIn = await CosmosStandIn.StartAsync(new() { DatabasePath = Path.Combine(folder.FullName, "cosmos.db") }, new Traffic());
        using var client = new CosmosClient(standIn.Address.ToString(), CosmosStandInOptions.EmulatorKey, CosmosFixture.Options);
        await work(client);
    }
}
