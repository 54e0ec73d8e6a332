using System.Net;
using System.Text;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class ItemTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_item_is_created_read_replaced_and_deleted()
    {
        var container = await cosmos.CreateContainerAsync();
        var created = await container.CreateItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.True(created.RequestCharge > 0);
        Assert.NotEmpty(created.ActivityId);

        var read = await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
        Assert.Equal(created.ETag, read.ETag);
        Assert.Equal(1, read.Resource.N);
        Assert.Matches("^0:-1#[0-9]+$", read.Headers.Session);

        var replaced = await container.ReplaceItemAsync(new Thing("a") { N = 2 }, "a", Key, cancellationToken: Cancellation);
        Assert.NotEqual(read.ETag, replaced.ETag);
        Assert.Equal(2, replaced.Resource.N);

        var deleted = await container.DeleteItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        await FailsAsync(HttpStatusCode.NotFound, () => container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task An_item_carries_its_system_properties()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a") { Name = "Zoë ☂" }, Key, cancellationToken: Cancellation);
        using var read = await container.ReadItemStreamAsync("a", Key, cancellationToken: Cancellation);
        using var json = await System.Text.Json.JsonDocument.ParseAsync(read.Content, cancellationToken: Cancellation);
        var item = json.RootElement;
        Assert.Equal("Zoë ☂", item.GetProperty("name").GetString());
        Assert.Equal(cosmos.Time.GetUtcNow().ToUnixTimeSeconds(), item.GetProperty("_ts").GetInt64());
        Assert.Equal(read.Headers.ETag, item.GetProperty("_etag").GetString());
        Assert.Equal(24, item.GetProperty("_rid").GetString()!.Length);
        Assert.EndsWith($"docs/{item.GetProperty("_rid").GetString()}/", item.GetProperty("_self").GetString(), StringComparison.Ordinal);
    }

    /// <summary>As azure-cosmos 3.1.1 (Python) reads by <c>_self</c>.</summary>
    [Fact]
    public async Task An_item_cannot_be_named_by_its_resource_id()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        using var read = await container.ReadItemStreamAsync("a", Key, cancellationToken: Cancellation);
        using var json = await System.Text.Json.JsonDocument.ParseAsync(read.Content, cancellationToken: Cancellation);
        var resourceId = json.RootElement.GetProperty("_rid").GetString()!;
        await FailsAsync(HttpStatusCode.NotImplemented, () => container.ReadItemAsync<Thing>(resourceId, Key, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task An_id_is_taken_once_in_a_partition()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        await FailsAsync(HttpStatusCode.Conflict, () => container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation));
        await container.CreateItemAsync(new Thing("a", "t1", "u2"), CosmosFixture.Key("t1", "u2"), cancellationToken: Cancellation);
    }

    [Fact]
    public async Task An_upsert_creates_or_replaces()
    {
        var container = await cosmos.CreateContainerAsync();
        var first = await container.UpsertItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
        var second = await container.UpsertItemAsync(new Thing("a") { N = 2 }, Key, cancellationToken: Cancellation);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal(2, second.Resource.N);
        await FailsAsync(HttpStatusCode.PreconditionFailed, () => container.UpsertItemAsync(
            new Thing("a"), Key, new() { IfMatchEtag = first.ETag }, Cancellation));
    }

    [Fact]
    public async Task A_write_with_an_old_etag_fails_and_changes_nothing()
    {
        var container = await cosmos.CreateContainerAsync();
        var first = await container.CreateItemAsync(new Thing("a") { N = 1 }, Key, cancellationToken: Cancellation);
        var guarded = new ItemRequestOptions { IfMatchEtag = first.ETag };
        var patchGuarded = new PatchItemRequestOptions { IfMatchEtag = first.ETag };
        await container.ReplaceItemAsync(new Thing("a") { N = 2 }, "a", Key, guarded, Cancellation);
        await FailsAsync(HttpStatusCode.PreconditionFailed, () => container.ReplaceItemAsync(new Thing("a") { N = 3 }, "a", Key, guarded, Cancellation));
        await FailsAsync(HttpStatusCode.PreconditionFailed, () => container.DeleteItemAsync<Thing>("a", Key, guarded, Cancellation));
        await FailsAsync(HttpStatusCode.PreconditionFailed, () => container.PatchItemAsync<Thing>(
            "a", Key, [PatchOperation.Set("/n", 3)], patchGuarded, Cancellation));
        Assert.Equal(2, (await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation)).Resource.N);
    }

    [Fact]
    public async Task A_read_with_the_present_etag_answers_not_modified()
    {
        var container = await cosmos.CreateContainerAsync();
        var created = await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        using var same = await container.ReadItemStreamAsync("a", Key, new() { IfNoneMatchEtag = created.ETag }, Cancellation);
        using var other = await container.ReadItemStreamAsync("a", Key, new() { IfNoneMatchEtag = "\"other\"" }, Cancellation);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK), (same.StatusCode, other.StatusCode));
    }

    [Fact]
    public async Task A_write_without_content_response_answers_no_item()
    {
        var container = await cosmos.CreateContainerAsync();
        var created = await container.CreateItemAsync(new Thing("a"), Key, new() { EnableContentResponseOnWrite = false }, Cancellation);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Null(created.Resource);
        Assert.NotEmpty(created.ETag);
    }

    [Fact]
    public async Task Writing_what_is_not_there_answers_not_found()
    {
        var container = await cosmos.CreateContainerAsync();
        await FailsAsync(HttpStatusCode.NotFound, () => container.ReplaceItemAsync(new Thing("a"), "a", Key, cancellationToken: Cancellation));
        await FailsAsync(HttpStatusCode.NotFound, () => container.DeleteItemAsync<Thing>("a", Key, cancellationToken: Cancellation));
        await FailsAsync(HttpStatusCode.NotFound, () => container.PatchItemAsync<Thing>(
            "a", Key, [PatchOperation.Set("/n", 1)], cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"tenantId":"t1","userId":"u1"}""")]
    [InlineData("""{"id":"","tenantId":"t1","userId":"u1"}""")]
    [InlineData("""{"id":"a/b","tenantId":"t1","userId":"u1"}""")]
    [InlineData("""{"id":"a","tenantId":"t1","userId":"u2"}""")]
    [InlineData("""{"id":"a","tenantId":"t1"}""")]
    [InlineData("""{"id":"a","tenantId":"t1","userId":"u1","ttl":0}""")]
    public async Task A_bad_item_is_refused(string body)
    {
        var container = await cosmos.CreateContainerAsync();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(body));
        using var answer = await container.CreateItemStreamAsync(content, Key, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_key_with_too_few_components_is_refused()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        var problem = await FailsAsync(HttpStatusCode.BadRequest, () => container.ReadItemAsync<Thing>(
            "a", new PartitionKeyBuilder().Add("t1").Build(), cancellationToken: Cancellation));
        Assert.Equal(1001, problem.SubStatusCode);
    }

    [Fact]
    public async Task An_item_over_2_MB_is_refused()
    {
        var container = await cosmos.CreateContainerAsync();
        var large = new Thing("a") { Name = new string('x', 2 * 1024 * 1024) };
        await FailsAsync(HttpStatusCode.RequestEntityTooLarge, () => container.CreateItemAsync(large, Key, cancellationToken: Cancellation));
    }

    [Theory]
    [InlineData("device:0197 a+b%ü")]
    [InlineData("a'b\"c")]
    public async Task An_id_may_have_unusual_characters(string id)
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing(id), Key, cancellationToken: Cancellation);
        Assert.Equal(id, (await container.ReadItemAsync<Thing>(id, Key, cancellationToken: Cancellation)).Resource.Id);
    }

    [Fact]
    public async Task Writers_at_the_same_time_lose_no_update()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a") { N = 0 }, Key, cancellationToken: Cancellation);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => container.PatchItemAsync<Thing>(
            "a", Key, [PatchOperation.Increment("/n", 1)], cancellationToken: Cancellation)));
        Assert.Equal(50, (await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation)).Resource.N);
    }

    private static async Task<CosmosException> FailsAsync(HttpStatusCode status, Func<Task> work)
    {
        var problem = await Assert.ThrowsAsync<CosmosException>(work);
        Assert.Equal(status, problem.StatusCode);
        return problem;
    }
}
