using CsCheck;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class PagingTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");
    private static readonly PartitionKey Tenant = new PartitionKeyBuilder().Add("t1").Build();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_of_any_size_hold_every_item_exactly_once()
    {
        var container = await FilledAsync(23);
        string[] texts =
        [
            "SELECT * FROM c", "SELECT * FROM c ORDER BY c.n", "SELECT * FROM c ORDER BY c.n DESC", "SELECT * FROM c ORDER BY c.id",
            "SELECT TOP 11 * FROM c ORDER BY c.id", "SELECT * FROM c ORDER BY c.id OFFSET 5 LIMIT 9", "SELECT * FROM c OFFSET 3 LIMIT 40",
        ];
        var keys = Gen.Int[0, 2].Select(number => number == 0 ? Key : number == 1 ? Tenant : (PartitionKey?)null);
        await Gen.Select(Gen.Int[0, texts.Length - 1].Select(number => texts[number]), Gen.Int[1, 25], keys, Gen.Bool).SampleAsync(async (text, size, key, direct) =>
        {
            var all = await ReadAsync(1000);
            var paged = await ReadAsync(size);
            Assert.Equal(all, paged);
            Assert.Equal(paged.Count, paged.Distinct().Count());

            async Task<List<string>> ReadAsync(int pageSize)
            {
                var options = new QueryRequestOptions { PartitionKey = key, MaxItemCount = pageSize, EnableOptimisticDirectExecution = direct };
                return [.. (await container.GetItemQueryIterator<Thing>(text, requestOptions: options).ReadAllAsync()).Select(item => item.Id)];
            }
        }, iter: 150, threads: 2);
    }

    [Theory]
    [InlineData("SELECT * FROM c ORDER BY c.id", true)]
    [InlineData("SELECT * FROM c ORDER BY c.id", false)]
    [InlineData("SELECT * FROM c", true)]
    public async Task Items_written_between_pages_neither_shift_nor_repeat_others(string text, bool direct)
    {
        var container = await FilledAsync(10);
        var options = new QueryRequestOptions { PartitionKey = Key, MaxItemCount = 3, EnableOptimisticDirectExecution = direct };
        var seen = new List<string>();
        string? token = null;
        var round = 0;
        do
        {
            using var feed = container.GetItemQueryIterator<Thing>(text, token, options);
            var page = await feed.ReadNextAsync(Cancellation);
            seen.AddRange(page.Select(item => item.Id));
            token = page.ContinuationToken;
            await container.CreateItemAsync(new Thing($"A{round++}") { N = 0 }, Key, cancellationToken: Cancellation);
            await container.DeleteItemAsync<Thing>(seen[0], Key, cancellationToken: Cancellation);
            seen.RemoveAt(0);
        }
        while (token is not null && round < 20);

        var old = seen.Where(id => id[0] == 'i').ToList();
        Assert.Equal(old.Count, old.Distinct().Count());
        Assert.Contains("i09", old);
        Assert.Equal(10, old.Count + Math.Min(round, 10 - old.Count));
    }

    [Fact]
    public async Task A_partition_is_read_in_pages_without_a_query()
    {
        var container = await FilledAsync(10);
        var seen = new List<Thing>();
        var operations = await cosmos.OperationsAsync(async () =>
        {
            using var feed = container.GetItemQueryIterator<Thing>(requestOptions: new() { PartitionKey = Key, MaxItemCount = 4 });
            while (feed.HasMoreResults)
            {
                seen.AddRange(await feed.ReadNextAsync(Cancellation));
            }
        });
        Assert.Equal(10, seen.Count);
        Assert.Equal(["read-feed", "read-feed", "read-feed"], operations.Where(operation => operation == "read-feed"));

        var all = await container.GetItemQueryIterator<Thing>().ReadAllAsync();
        Assert.Equal(13, all.Count);
        var tenant = await container.GetItemQueryIterator<Thing>(requestOptions: new() { PartitionKey = Tenant }).ReadAllAsync();
        Assert.Equal(12, tenant.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Optimistic_direct_execution_is_one_request_per_page_and_no_plan(bool prefix)
    {
        var container = await FilledAsync(10);
        await container.ReadItemAsync<Thing>("i00", Key, cancellationToken: Cancellation);
        var options = new QueryRequestOptions { PartitionKey = prefix ? Tenant : Key, MaxItemCount = 4, EnableOptimisticDirectExecution = true };
        await container.GetItemQueryIterator<Thing>("SELECT * FROM c", requestOptions: options).ReadAllAsync();

        var query = new QueryDefinition("SELECT * FROM c WHERE c.n >= 0 ORDER BY c.n");
        var operations = await cosmos.OperationsAsync(() => container.GetItemQueryIterator<Thing>(query, requestOptions: options).ReadAllAsync());
        Assert.Equal(["query", "query", "query"], operations);
    }

    [Fact]
    public async Task Large_items_end_a_page_early()
    {
        var container = await cosmos.CreateContainerAsync();
        foreach (var number in Enumerable.Range(0, 6))
        {
            await container.CreateItemAsync(new Thing($"i{number}") { Name = new string('x', 1_000_000) }, Key, cancellationToken: Cancellation);
        }

        using var feed = container.GetItemQueryIterator<Thing>(requestOptions: new() { PartitionKey = Key });
        Assert.Equal(5, (await feed.ReadNextAsync(Cancellation)).Count);
        Assert.Single(await feed.ReadNextAsync(Cancellation));
    }

    [Theory]
    [InlineData("ASC")]
    [InlineData("DESC")]
    public async Task An_index_that_gives_the_order_gives_the_same_pages_as_sorting(string direction)
    {
        var container = await cosmos.CreateContainerAsync();
        string[] values = ["\"a\"", "\"a\"", "\"b\"", "\"B\"", "\"\uFB01\"", "\"\U0001F600\"", "\"\"", "\"1\"", "1", "0", "-3", "true", "false", "null", "[\"a\"]", "{\"a\":1}"];
        foreach (var (number, value) in values.Concat(values).Index())
        {
            var key = CosmosFixture.Key("t1", $"u{number % 5}");
            using var item = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(
                $$"""{"id":"i{{number:00}}","tenantId":"t1","userId":"u{{number % 5}}","type":"{{(number % 7 == 6 ? "other" : "thing")}}","name":{{value}}}"""));
            using var created = await container.CreateItemStreamAsync(item, key, cancellationToken: Cancellation);
            created.EnsureSuccessStatusCode();
        }

        await container.CreateItemAsync(new Thing("nameless") { Type = "thing" }, Key, cancellationToken: Cancellation);
        var sorted = await ReadAsync("NOT (c.type != 'thing')", 1000);
        foreach (var size in Enumerable.Range(1, 9))
        {
            Assert.Equal(sorted, await ReadAsync("c.type = 'thing'", size));
        }

        var count = container.GetItemQueryIterator<int>(
            "SELECT VALUE COUNT(1) FROM c WHERE c.tenantId = 't1' AND c.type = 'thing' AND c.name > 'B' AND c.name <= 'b'",
            requestOptions: new() { PartitionKey = Tenant });
        Assert.Equal([4 + 2], await count.ReadAllAsync());

        async Task<List<string>> ReadAsync(string where, int pageSize) =>
        [
            .. (await container.GetItemQueryIterator<string>(
                $"SELECT VALUE c.id FROM c WHERE c.tenantId = 't1' AND {where} ORDER BY c.name {direction}",
                requestOptions: new() { PartitionKey = Tenant, MaxItemCount = pageSize }).ReadAllAsync()),
        ];
    }

    [Theory]
    [InlineData("SELECT TOP 0 * FROM c WHERE c.tenantId = 't1' AND c.type = 'thing' ORDER BY c.name")]
    [InlineData("SELECT * FROM c WHERE c.tenantId = 't1' AND c.type = 'thing' ORDER BY c.name DESC OFFSET 0 LIMIT 0")]
    public async Task Who_asks_for_none_gets_none(string text)
    {
        var container = await cosmos.CreateContainerAsync();
        foreach (var number in Enumerable.Range(0, 4))
        {
            await container.CreateItemAsync(
                new Thing($"i{number}", "t1", $"u{number}") { Type = "thing", Name = $"n{number}" }, CosmosFixture.Key("t1", $"u{number}"), cancellationToken: Cancellation);
        }

        foreach (var direct in new[] { true, false })
        {
            var options = new QueryRequestOptions { PartitionKey = Tenant, EnableOptimisticDirectExecution = direct };
            Assert.Empty(await container.GetItemQueryIterator<Thing>(text, requestOptions: options).ReadAllAsync());
        }
    }

    private async Task<Container> FilledAsync(int count)
    {
        var container = await cosmos.CreateContainerAsync();
        Thing[] items =
        [
            .. Enumerable.Range(0, count).Select(number => new Thing($"i{number:00}") { N = number % 4 }),
            new("o1", "t1", "u2") { N = 1 }, new("o2", "t1", "u3") { N = 2 }, new("o3", "t2", "u1") { N = 3 },
        ];
        foreach (var item in items)
        {
            await container.CreateItemAsync(item, CosmosFixture.Key(item.TenantId, item.UserId), cancellationToken: Cancellation);
        }

        return container;
    }
}
