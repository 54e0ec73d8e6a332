using System.Net;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class QueryTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>, IAsyncLifetime
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private Container? things;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Container Things => things!;

    public async ValueTask InitializeAsync()
    {
        things = await cosmos.CreateContainerAsync();
        Thing[] items =
        [
            new("a") { Type = "device", Name = "Anna", N = 1, Tags = ["x", "y"] },
            new("b") { Type = "device", Name = "bert", N = 2 },
            new("c") { Type = "account", Name = "Carl", N = 3 },
            new("d") { Type = "account", N = 4 },
            new("e") { Name = "it's" },
            new("f", "t1", "u2") { Type = "device", Name = "Anna", N = 5 },
            new("g", "t2", "u1") { Type = "device", Name = "Anna", N = 6 },
        ];
        foreach (var item in items)
        {
            await things.CreateItemAsync(item, CosmosFixture.Key(item.TenantId, item.UserId), cancellationToken: Cancellation);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("SELECT * FROM c", "abcde")]
    [InlineData("SELECT * FROM root", "abcde")]
    [InlineData("SELECT VALUE root FROM root WHERE (root[\"type\"] = \"device\")", "ab")]
    [InlineData("select * from things AS t where t.n > 1 and t.n <= 3", "bc")]
    [InlineData("SELECT * FROM c WHERE c.type = 'device' OR c.n = 4", "abd")]
    [InlineData("SELECT * FROM c WHERE c.type != 'device'", "cd")]
    [InlineData("SELECT * FROM c WHERE c.type <> 'device'", "cd")]
    [InlineData("SELECT * FROM c WHERE NOT (c.type = 'device')", "cd")]
    [InlineData("SELECT * FROM c WHERE NOT IS_DEFINED(c.type)", "e")]
    [InlineData("SELECT * FROM c WHERE c.type IN ('device', 'other') AND c.n IN (2, 3)", "b")]
    [InlineData("SELECT * FROM c WHERE c.type NOT IN ('device')", "cd")]
    [InlineData("SELECT * FROM c WHERE c.n BETWEEN 2 AND 3", "bc")]
    [InlineData("SELECT * FROM c WHERE c.n = '1'", "")]
    [InlineData("SELECT * FROM c WHERE c.n < 'z'", "")]
    [InlineData("SELECT * FROM c WHERE c.missing = c.missing", "")]
    [InlineData("SELECT * FROM c WHERE STARTSWITH(c.name, 'A')", "a")]
    [InlineData("SELECT * FROM c WHERE STARTSWITH(c.name, 'B', true)", "b")]
    [InlineData("SELECT * FROM c WHERE CONTAINS(LOWER(c.name), 'r')", "bc")]
    [InlineData("SELECT * FROM c WHERE ENDSWITH(c.name, 'RT', true)", "b")]
    [InlineData("SELECT * FROM c WHERE c.name = 'it\\'s' OR c.name = \"Carl\"", "ce")]
    [InlineData("SELECT * FROM c WHERE ARRAY_CONTAINS(c.tags, 'y')", "a")]
    [InlineData("SELECT * FROM c WHERE c.tags[0] = 'x'", "a")]
    [InlineData("SELECT * FROM c WHERE c[\"tags\"][1] = 'y' AND c.tags[2] = undefined", "")]
    [InlineData("SELECT * FROM c WHERE c.id = 'b' OR c.id IN ('d', 'zz') OR c.id = @n", "bd")]
    [InlineData("SELECT * FROM c WHERE STARTSWITH(c.id, 'b') AND c.type = 'device'", "b")]
    [InlineData("SELECT * FROM c WHERE c.tenantId = 't1' AND c.userId = 'u1' AND (c.type = 'device' OR c.type = 'x')", "ab")]
    [InlineData("SELECT * FROM c WHERE ARRAY_CONTAINS(@ids, c.id)", "bd")]
    [InlineData("SELECT * FROM c WHERE c.n = @n", "c")]
    [InlineData("SELECT * FROM c WHERE c.n % 2 = 0 AND c.n + 1 = 3", "b")]
    [InlineData("SELECT * FROM c WHERE IS_STRING(c.name) AND IS_NUMBER(c.n) AND LENGTH(c.name) = 4", "abc")]
    [InlineData("SELECT * FROM c WHERE c.n > 1 ORDER BY c.n DESC", "dcb")]
    [InlineData("SELECT * FROM c ORDER BY c.name", "acbe")]
    [InlineData("SELECT TOP 2 * FROM c ORDER BY c.id DESC", "ed")]
    [InlineData("SELECT * FROM c ORDER BY c.id OFFSET 1 LIMIT 2", "bc")]
    [InlineData("SELECT * FROM c OFFSET @n LIMIT 10", "de")]
    public async Task A_query_of_one_partition_answers_what_matches(string text, string expected)
    {
        var query = new QueryDefinition(text).WithParameter("@n", 3).WithParameter("@ids", new[] { "b", "d" });
        var direct = new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = true };
        var planned = new QueryRequestOptions { PartitionKey = Key };
        Assert.Equal(expected, string.Concat((await ReadAsync<Thing>(query, direct)).Select(item => item.Id)));
        Assert.Equal(expected, string.Concat((await ReadAsync<Thing>(query, planned)).Select(item => item.Id)));
    }

    [Fact]
    public async Task A_query_answers_values_and_lists()
    {
        var options = new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = true };
        Assert.Equal(["Anna", "bert", "Carl", "it's"], await ReadAsync<string>(new("SELECT VALUE c.name FROM c"), options));
        var rows = await ReadAsync<Dictionary<string, object>>(new("SELECT c.id, c.n AS number, c.type FROM c WHERE c.id = 'e' OR c.id = 'd'"), options);
        Assert.Equal(["id,number,type", "id"], rows.Select(row => string.Join(',', row.Keys)));
        var built = await ReadAsync<Dictionary<string, string[]>>(new("SELECT VALUE {\"pair\": [c.id, c.type]} FROM c WHERE c.id = 'a'"), options);
        Assert.Equal(["a", "device"], built.Single()["pair"]);
    }

    [Theory]
    [InlineData("SELECT VALUE COUNT(1) FROM c", 5, 7)]
    [InlineData("SELECT VALUE COUNT(c.type) FROM c", 4, 6)]
    [InlineData("SELECT VALUE SUM(c.n) FROM c", 10, 21)]
    [InlineData("SELECT VALUE MIN(c.n) FROM c WHERE c.n > 1", 2, 2)]
    [InlineData("SELECT VALUE MAX(c.n) FROM c", 4, 6)]
    [InlineData("SELECT VALUE AVG(c.n) FROM c WHERE c.n != 4", 2, 3.4)]
    public async Task Aggregates_count_one_partition_or_all(string text, double one, double all)
    {
        var partition = new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = true };
        Assert.Equal([one], await ReadAsync<double>(new(text), partition));
        Assert.Equal([one], await ReadAsync<double>(new(text), new() { PartitionKey = Key }));
        Assert.Equal([all], await ReadAsync<double>(new(text), new()));
    }

    [Fact]
    public async Task Several_aggregates_may_be_asked_for_at_once()
    {
        var rows = await ReadAsync<Dictionary<string, int>>(new("SELECT COUNT(1) AS count, MAX(c.n) AS most FROM c"), new());
        Assert.Equal(new Dictionary<string, int> { ["count"] = 7, ["most"] = 6 }, rows.Single());
    }

    [Theory]
    [InlineData("SELECT * FROM c WHERE c.type = 'device'", "abfg")]
    [InlineData("SELECT VALUE c FROM c WHERE c.n > 3 ORDER BY c.n DESC", "gfd")]
    [InlineData("SELECT c.id FROM c WHERE c.n > 1 OR c.name = 'x' ORDER BY c.n", "bcdfg")]
    [InlineData("SELECT TOP 3 * FROM c ORDER BY c.id DESC", "gfe")]
    [InlineData("SELECT * FROM c ORDER BY c.id OFFSET 2 LIMIT 3", "cde")]
    public async Task A_query_over_partitions_answers_what_matches(string text, string expected)
    {
        foreach (var pageSize in new[] { 1, 2, 100 })
        {
            var found = string.Concat((await ReadAsync<Thing>(new(text), new() { MaxItemCount = pageSize })).Select(item => item.Id));
            Assert.Equal(expected, text.Contains("ORDER", StringComparison.Ordinal) ? found : string.Concat(found.Order()));
        }
    }

    [Fact]
    public async Task A_key_prefix_limits_a_query_to_its_partitions()
    {
        var tenant = new PartitionKeyBuilder().Add("t1").Build();
        foreach (var direct in new[] { true, false })
        {
            var options = new QueryRequestOptions { PartitionKey = tenant, EnableOptimisticDirectExecution = direct };
            var found = await ReadAsync<Thing>(new("SELECT * FROM c WHERE c.type = 'device' ORDER BY c.id"), options);
            Assert.Equal("abf", string.Concat(found.Select(item => item.Id)));
        }
    }

    [Fact]
    public async Task The_only_feed_range_holds_every_partition()
    {
        var range = Assert.Single(await Things.GetFeedRangesAsync(Cancellation));
        var found = await Things.GetItemQueryIterator<Thing>(range, new QueryDefinition("SELECT * FROM c ORDER BY c.id")).ReadAllAsync();
        Assert.Equal("abcdefg", string.Concat(found.Select(item => item.Id)));
    }

    [Fact]
    public async Task Many_items_are_read_at_once()
    {
        (string, PartitionKey)[] wanted = [("a", Key), ("f", CosmosFixture.Key("t1", "u2")), ("g", Key), ("nothing", Key)];
        var found = await Things.ReadManyItemsAsync<Thing>(wanted, cancellationToken: Cancellation);
        Assert.Equal(["a", "f"], found.Select(item => item.Id).Order());
    }

    [Theory]
    [InlineData("SELECT * FORM c", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c WHERE d.n = 1", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c WHERE c.value = 1", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c ORDER BY c.n + 1", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c ORDER BY c.type, c.n", HttpStatusCode.BadRequest)]
    [InlineData("SELECT * FROM c JOIN t IN c.tags", HttpStatusCode.NotImplemented)]
    [InlineData("SELECT DISTINCT c.type FROM c", HttpStatusCode.NotImplemented)]
    [InlineData("SELECT * FROM c WHERE ST_DISTANCE(c.a, c.b) < 1", HttpStatusCode.NotImplemented)]
    public async Task A_query_that_cannot_be_answered_is_refused(string text, HttpStatusCode status)
    {
        var options = new QueryRequestOptions { PartitionKey = Key, EnableOptimisticDirectExecution = true };
        var problem = await Assert.ThrowsAsync<CosmosException>(() => ReadAsync<Thing>(new(text), options));
        Assert.Equal(status, problem.StatusCode);
    }

    [Fact]
    public async Task Ordering_by_several_paths_needs_a_composite_index()
    {
        var container = await cosmos.CreateContainerAsync(properties => properties.IndexingPolicy.CompositeIndexes.Add(
        [
            new CompositePath { Path = "/type", Order = CompositePathSortOrder.Ascending },
            new CompositePath { Path = "/n", Order = CompositePathSortOrder.Descending },
        ]));
        foreach (var item in new[] { new Thing("a") { Type = "x", N = 1 }, new Thing("b") { Type = "y", N = 1 }, new Thing("c") { Type = "x", N = 2 } })
        {
            await container.CreateItemAsync(item, Key, cancellationToken: Cancellation);
        }

        foreach (var options in new QueryRequestOptions[] { new() { PartitionKey = Key }, new() { MaxItemCount = 1 } })
        {
            Assert.Equal("cab", await IdsAsync("SELECT * FROM c ORDER BY c.type, c.n DESC", options));
            Assert.Equal("bac", await IdsAsync("SELECT * FROM c ORDER BY c.type DESC, c.n", options));
        }

        async Task<string> IdsAsync(string text, QueryRequestOptions options) =>
            string.Concat((await container.GetItemQueryIterator<Thing>(text, requestOptions: options).ReadAllAsync()).Select(item => item.Id));
    }

    [Theory]
    [InlineData("SELECT VALUE COUNT(1) FROM c OFFSET 1 LIMIT 1")]
    [InlineData("SELECT TOP 1 COUNT(1) AS n FROM c")]
    [InlineData("SELECT VALUE COUNT(1) FROM c ORDER BY c.n")]
    public async Task Aggregates_with_an_order_or_a_limit_are_refused_instead_of_answered_without(string text)
    {
        var refused = await Assert.ThrowsAsync<CosmosException>(
            () => Things.GetItemQueryIterator<dynamic>(text, requestOptions: new QueryRequestOptions { PartitionKey = Key }).ReadNextAsync(Cancellation));

        Assert.Equal(HttpStatusCode.NotImplemented, refused.StatusCode);
    }

    private Task<List<T>> ReadAsync<T>(QueryDefinition query, QueryRequestOptions options) =>
        Things.GetItemQueryIterator<T>(query, requestOptions: options).ReadAllAsync();
}
