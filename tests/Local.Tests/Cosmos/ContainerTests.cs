using System.Net;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class ContainerTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Database Database => cosmos.Client.GetDatabase("d");

    [Fact]
    public async Task A_database_is_created_once_listed_and_deleted()
    {
        var first = await cosmos.Client.CreateDatabaseIfNotExistsAsync("other", cancellationToken: Cancellation);
        var second = await cosmos.Client.CreateDatabaseIfNotExistsAsync("other", cancellationToken: Cancellation);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        await FailsAsync(HttpStatusCode.Conflict, () => cosmos.Client.CreateDatabaseAsync("other", cancellationToken: Cancellation));
        var all = await cosmos.Client.GetDatabaseQueryIterator<DatabaseProperties>().ReadAllAsync();
        Assert.Equal(["d", "other"], all.Select(database => database.Id));
        await first.Database.DeleteAsync(cancellationToken: Cancellation);
        await FailsAsync(HttpStatusCode.NotFound, () => first.Database.ReadAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_container_keeps_its_definition()
    {
        var properties = new ContainerProperties("kept", ["/tenantId", "/userId"]) { DefaultTimeToLive = -1 };
        properties.IndexingPolicy.ExcludedPaths.Add(new ExcludedPath { Path = "/publicKey/*" });
        var created = await Database.CreateContainerIfNotExistsAsync(properties, cancellationToken: Cancellation);
        var again = await Database.CreateContainerIfNotExistsAsync(properties, cancellationToken: Cancellation);
        var read = (await created.Container.ReadContainerAsync(cancellationToken: Cancellation)).Resource;
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.StatusCode, again.StatusCode));
        Assert.Equal(["/tenantId", "/userId"], read.PartitionKeyPaths);
        Assert.Equal(-1, read.DefaultTimeToLive);
        Assert.Contains(read.IndexingPolicy.ExcludedPaths, path => path.Path == "/publicKey/*");
        Assert.NotEmpty(read.ETag);
    }

    [Fact]
    public async Task A_container_is_changed_listed_and_deleted_with_its_items()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a"), CosmosFixture.Key("t1", "u1"), cancellationToken: Cancellation);
        var properties = (await container.ReadContainerAsync(cancellationToken: Cancellation)).Resource;
        properties.DefaultTimeToLive = 60;
        Assert.Equal(60, (await container.ReplaceContainerAsync(properties, cancellationToken: Cancellation)).Resource.DefaultTimeToLive);
        var all = await Database.GetContainerQueryIterator<ContainerProperties>().ReadAllAsync();
        Assert.Contains(all, one => one.Id == container.Id);

        await container.DeleteContainerAsync(cancellationToken: Cancellation);
        await FailsAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("a", CosmosFixture.Key("t1", "u1"), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_container_may_have_one_path_even_inside_an_object()
    {
        var created = await Database.CreateContainerAsync("single", "/owner/id", cancellationToken: Cancellation);
        await created.Container.CreateItemAsync(new { id = "a", owner = new { id = 7 } }, new PartitionKey(7), cancellationToken: Cancellation);
        await created.Container.CreateItemAsync(new { id = "b" }, PartitionKey.None, cancellationToken: Cancellation);
        await created.Container.CreateItemAsync(new { id = "c", owner = new { id = (string?)null } }, PartitionKey.Null, cancellationToken: Cancellation);
        foreach (var (id, key) in new[] { ("a", new PartitionKey(7)), ("b", PartitionKey.None), ("c", PartitionKey.Null) })
        {
            var found = await created.Container.GetItemQueryIterator<Thing>("SELECT * FROM c ORDER BY c.id", requestOptions: new() { PartitionKey = key }).ReadAllAsync();
            Assert.Equal([id], found.Select(item => item.Id));
        }
    }

    [Fact]
    public async Task A_container_that_is_not_there_answers_not_found()
    {
        var problem = await FailsAsync(HttpStatusCode.NotFound, () => Database.GetContainer("absent").ReadItemAsync<Thing>(
            "a", CosmosFixture.Key("t1", "u1"), cancellationToken: Cancellation));
        Assert.Equal(1003, problem.SubStatusCode);
        await FailsAsync(HttpStatusCode.NotFound, () => cosmos.Client.GetContainer("absent", "c").ReadContainerAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task What_is_not_supported_is_said()
    {
        var container = await cosmos.CreateContainerAsync();
        var changes = container.GetChangeFeedIterator<Thing>(ChangeFeedStartFrom.Beginning(), ChangeFeedMode.LatestVersion);
        await FailsAsync(HttpStatusCode.NotImplemented, () => changes.ReadNextAsync(Cancellation));
        var problem = await FailsAsync(HttpStatusCode.NotImplemented, () => container.Scripts.CreateStoredProcedureAsync(
            new("p", "function () {}"), cancellationToken: Cancellation));
        Assert.Contains("sprocs", problem.ResponseBody, StringComparison.Ordinal);
    }

    private static async Task<CosmosException> FailsAsync(HttpStatusCode status, Func<Task> work)
    {
        var problem = await Assert.ThrowsAsync<CosmosException>(work);
        Assert.Equal(status, problem.StatusCode);
        return problem;
    }
}
