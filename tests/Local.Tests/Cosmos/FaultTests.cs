using System.Net;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class FaultTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(403, null, 0)]
    [InlineData(412, "1234", 1234)]
    [InlineData(429, null, 3200)]
    public async Task A_fault_has_the_sub_status_of_the_service_or_of_the_rule(int status, string? reason, int subStatus)
    {
        var container = await cosmos.CreateContainerAsync();
        using var fault = cosmos.Traffic.Add(new() { Operation = "create", Status = status, Reason = reason });
        var problem = await Assert.ThrowsAsync<CosmosException>(() => container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation));
        Assert.Equal((status, subStatus), ((int)problem.StatusCode, problem.SubStatusCode));
        fault.Dispose();
        using var read = await container.ReadItemStreamAsync("a", Key, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_has_its_effect()
    {
        var container = await cosmos.CreateContainerAsync();
        using var fault = cosmos.Traffic.Add(new() { Operation = "create", Stage = FaultStage.After, Status = 500, Times = 1 });
        await Assert.ThrowsAsync<CosmosException>(() => container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation));
        Assert.Equal("a", (await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation)).Resource.Id);
    }

    [Fact]
    public async Task A_fault_may_be_aimed_at_one_partition()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        await container.CreateItemAsync(new Thing("a", "t1", "u2"), CosmosFixture.Key("t1", "u2"), cancellationToken: Cancellation);
        using var fault = cosmos.Traffic.Add(new() { Operation = "read", Contains = "\"u2\"", Status = 403 });
        await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
        using var struck = await container.ReadItemStreamAsync("a", CosmosFixture.Key("t1", "u2"), cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, struck.StatusCode);
    }

    [Fact]
    public async Task Every_request_is_named()
    {
        var container = await cosmos.CreateContainerAsync();
        var operations = await cosmos.OperationsAsync(async () =>
        {
            await container.CreateItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
            await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
            await container.UpsertItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
            await container.ReplaceItemAsync(new Thing("a") { N = 1 }, "a", Key, cancellationToken: Cancellation);
            await container.PatchItemAsync<Thing>("a", Key, [PatchOperation.Set("/n", 2)], cancellationToken: Cancellation);
            using var batch = await container.CreateTransactionalBatch(Key).ReadItem("a").ExecuteAsync(Cancellation);
            await container.GetItemQueryIterator<Thing>("SELECT * FROM c", requestOptions: new() { PartitionKey = Key }).ReadAllAsync();
            await container.GetItemQueryIterator<Thing>(requestOptions: new() { PartitionKey = Key }).ReadAllAsync();
            await container.DeleteItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
        });
        Assert.Equal(
            ["create", "read", "upsert", "replace", "patch", "batch", "query-plan", "query", "read-feed", "delete"],
            operations.Where(operation => operation is not ("container" or "pkranges" or "account" or "database")));
    }
}
