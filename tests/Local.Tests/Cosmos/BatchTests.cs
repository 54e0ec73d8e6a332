using System.Net;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class BatchTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_does_every_kind_of_operation()
    {
        var container = await cosmos.CreateContainerAsync();
        foreach (var id in new[] { "read", "replace", "delete", "patch" })
        {
            await container.CreateItemAsync(new Thing(id) { N = 1 }, Key, cancellationToken: Cancellation);
        }

        using var answer = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Thing("create") { N = 2 })
            .ReadItem("read")
            .ReplaceItem("replace", new Thing("replace") { N = 3 })
            .UpsertItem(new Thing("upsert") { N = 4 })
            .DeleteItem("delete")
            .PatchItem("patch", [PatchOperation.Increment("/n", 4)])
            .ReadItem("create")
            .ExecuteAsync(Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([201, 200, 200, 201, 204, 200, 200], answer.Select(result => (int)result.StatusCode));
        Assert.Equal(
            [2, 1, 3, 4, 5, 2],
            new[] { 0, 1, 2, 3, 5, 6 }.Select(index => answer.GetOperationResultAtIndex<Thing>(index).Resource.N!.Value));
        Assert.All(answer.Where(result => result.StatusCode != HttpStatusCode.NoContent), result => Assert.NotEmpty(result.ETag));
        Assert.True(answer.RequestCharge > 0);
    }

    [Fact]
    public async Task A_failing_operation_undoes_the_batch_and_is_named()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("taken") { N = 1 }, Key, cancellationToken: Cancellation);
        using var answer = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Thing("new"))
            .PatchItem("taken", [PatchOperation.Set("/n", 9)])
            .CreateItem(new Thing("taken"))
            .DeleteItem("taken")
            .ExecuteAsync(Cancellation);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal([424, 424, 409, 424], answer.Select(result => (int)result.StatusCode));
        Assert.Equal(1, (await container.ReadItemAsync<Thing>("taken", Key, cancellationToken: Cancellation)).Resource.N);
        using var absent = await container.ReadItemStreamAsync("new", Key, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
    }

    [Fact]
    public async Task An_operation_with_an_old_etag_fails_the_batch()
    {
        var container = await cosmos.CreateContainerAsync();
        var first = await container.CreateItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
        var guarded = new TransactionalBatchItemRequestOptions { IfMatchEtag = first.ETag };
        using var good = await container.CreateTransactionalBatch(Key)
            .ReplaceItem("a", new Thing("a") { N = 2 }, guarded).CreateItem(new Thing("b")).ExecuteAsync(Cancellation);
        using var late = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Thing("c")).ReplaceItem("a", new Thing("a") { N = 3 }, guarded).ExecuteAsync(Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.PreconditionFailed), (good.StatusCode, late.StatusCode));
        Assert.Equal([424, 412], late.Select(result => (int)result.StatusCode));
    }

    [Theory]
    [InlineData("FROM c WHERE c.n = 1", HttpStatusCode.OK)]
    [InlineData("from c where c.n = 2", HttpStatusCode.PreconditionFailed)]
    public async Task A_patch_in_a_batch_may_have_a_condition(string condition, HttpStatusCode status)
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
        using var answer = await container.CreateTransactionalBatch(Key)
            .PatchItem("a", [PatchOperation.Set("/name", "x")], new() { FilterPredicate = condition }).ExecuteAsync(Cancellation);
        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task A_batch_has_at_most_100_operations()
    {
        var container = await cosmos.CreateContainerAsync();
        using var most = await Creates(container, "a", 100).ExecuteAsync(Cancellation);
        using var tooMany = await Creates(container, "b", 101).ExecuteAsync(Cancellation);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (most.StatusCode, tooMany.StatusCode));
        Assert.Equal(100, most.Count);
    }

    [Fact]
    public async Task A_batch_over_2_MB_is_refused()
    {
        var container = await cosmos.CreateContainerAsync();
        var large = new string('x', 1024 * 1024);
        using var answer = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Thing("a") { Name = large }).CreateItem(new Thing("b") { Name = large }).ExecuteAsync(Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_batch_without_content_response_answers_etags_only()
    {
        var container = await cosmos.CreateContainerAsync();
        using var answer = await container.CreateTransactionalBatch(Key)
            .CreateItem(new Thing("a"), new() { EnableContentResponseOnWrite = false }).ExecuteAsync(Cancellation);
        Assert.Null(answer[0].ResourceStream);
        Assert.NotEmpty(answer[0].ETag);
    }

    private static TransactionalBatch Creates(Container container, string prefix, int count) => Enumerable.Range(0, count)
        .Aggregate(container.CreateTransactionalBatch(Key), (batch, number) => batch.CreateItem(new Thing($"{prefix}{number}")));
}
