using System.Net;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class TimeToLiveTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "abc")]
    [InlineData(-1, "ac")]
    [InlineData(60, "a")]
    public async Task An_item_is_gone_after_its_time(int? containerSeconds, string left)
    {
        var container = await cosmos.CreateContainerAsync(properties => properties.DefaultTimeToLive = containerSeconds);
        foreach (var item in new[] { new Thing("a") { Ttl = -1 }, new Thing("b") { Ttl = 30 }, new Thing("c") })
        {
            await container.CreateItemAsync(item, Key, cancellationToken: Cancellation);
        }

        cosmos.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal("abc", await IdsAsync(container));
        cosmos.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(left, await IdsAsync(container));
        using var read = await container.ReadItemStreamAsync("b", Key, cancellationToken: Cancellation);
        Assert.Equal(left.Contains('b', StringComparison.Ordinal) ? HttpStatusCode.OK : HttpStatusCode.NotFound, read.StatusCode);
    }

    [Fact]
    public async Task The_id_of_an_outdated_item_is_free_and_a_write_starts_its_time_anew()
    {
        var container = await cosmos.CreateContainerAsync(properties => properties.DefaultTimeToLive = 60);
        await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        await container.CreateItemAsync(new Thing("b"), Key, cancellationToken: Cancellation);
        cosmos.Time.Advance(TimeSpan.FromSeconds(59));
        await container.UpsertItemAsync(new Thing("b"), Key, cancellationToken: Cancellation);
        cosmos.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("b", await IdsAsync(container));
        var again = await container.CreateItemAsync(new Thing("a"), Key, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.Created, again.StatusCode);
    }

    [Fact]
    public async Task Outdated_items_are_cleaned_up_by_later_writes()
    {
        var container = await cosmos.CreateContainerAsync(properties => properties.DefaultTimeToLive = -1);
        var before = Kept();
        await container.CreateItemAsync(new Thing("a") { Ttl = 30 }, Key, cancellationToken: Cancellation);
        cosmos.Time.Advance(TimeSpan.FromMinutes(5));
        await container.CreateItemAsync(new Thing("b"), Key, cancellationToken: Cancellation);
        Assert.Equal(before + 1, Kept());

        long Kept() => cosmos.StandIn.Store.Read(session => (long)session.Command("SELECT COUNT(*) FROM items").ExecuteScalar()!);
    }

    private static async Task<string> IdsAsync(Container container) => string.Concat(
        (await container.GetItemQueryIterator<Thing>(requestOptions: new() { PartitionKey = Key }).ReadAllAsync()).Select(item => item.Id));
}
