using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Cosmos;
using BlokSec.Local.Cosmos.Items;
using CsCheck;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Local.Tests.Cosmos;

public sealed class PatchTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private static readonly PartitionKey Key = CosmosFixture.Key("t1", "u1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_patch_changes_what_it_names_and_nothing_else()
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(
            new { id = "a", tenantId = "t1", userId = "u1", n = 1, tags = new[] { "x", "y" }, inner = new { a = 1, b = 2 }, kept = 1.50 },
            Key, cancellationToken: Cancellation);
        PatchOperation[] operations =
        [
            PatchOperation.Increment("/n", 5), PatchOperation.Add("/tags/-", "z"), PatchOperation.Add("/tags/0", "w"), PatchOperation.Set("/tags/1", "v"),
            PatchOperation.Remove("/inner/a"), PatchOperation.Replace("/inner/b", 3), PatchOperation.Set("/inner/c", new { d = true }),
            PatchOperation.Increment("/count", 1), PatchOperation.Move("/inner/c", "/moved"), PatchOperation.Set<string?>("/nothing", null),
        ];
        var answer = await container.PatchItemAsync<JsonObject>("a", Key, operations, cancellationToken: Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var item = answer.Resource;
        foreach (var name in item.Select(property => property.Key).Where(name => name[0] == '_').ToList())
        {
            item.Remove(name);
        }

        Assert.Equal(
            """{"id":"a","tenantId":"t1","userId":"u1","n":6,"tags":["w","v","y","z"],"inner":{"b":3},"kept":1.5,"count":1,"moved":{"d":true},"nothing":null}""",
            item.ToJsonString());
    }

    [Theory]
    [InlineData("FROM c WHERE c.n = 1", HttpStatusCode.OK)]
    [InlineData("from c where NOT IS_DEFINED(c.gone) AND c.tags[0] = 'x'", HttpStatusCode.OK)]
    [InlineData("FROM c WHERE c.n > 1", HttpStatusCode.PreconditionFailed)]
    [InlineData("FROM c WHERE c.gone = 1", HttpStatusCode.PreconditionFailed)]
    [InlineData("WHERE c.n = 1", HttpStatusCode.BadRequest)]
    public async Task A_patch_may_have_a_condition(string condition, HttpStatusCode expected)
    {
        var container = await cosmos.CreateContainerAsync();
        await container.CreateItemAsync(new Thing("a") { N = 1, Tags = ["x"] }, Key, cancellationToken: Cancellation);
        using var answer = await container.PatchItemStreamAsync(
            "a", Key, [PatchOperation.Set("/name", "new")], new() { FilterPredicate = condition }, Cancellation);
        Assert.Equal(expected, answer.StatusCode);
        var item = await container.ReadItemAsync<Thing>("a", Key, cancellationToken: Cancellation);
        Assert.Equal(expected == HttpStatusCode.OK ? "new" : null, item.Resource.Name);
    }

    [Theory]
    [InlineData("""{"op":"remove","path":"/gone"}""")]
    [InlineData("""{"op":"replace","path":"/gone","value":1}""")]
    [InlineData("""{"op":"set","path":"/gone/deeper","value":1}""")]
    [InlineData("""{"op":"incr","path":"/name","value":1}""")]
    [InlineData("""{"op":"add","path":"/tags/5","value":1}""")]
    [InlineData("""{"op":"set","path":"/id","value":"b"}""")]
    [InlineData("""{"op":"set","path":"/userId","value":"u2"}""")]
    [InlineData("""{"op":"set","path":"/_etag","value":"x"}""")]
    [InlineData("""{"op":"shake","path":"/n","value":1}""")]
    public void A_patch_that_makes_no_sense_is_refused(string operation)
    {
        var refusal = Assert.Throws<CosmosRefusal>(() => Apply("""{"id":"a","name":"x","tags":[]}""", $"[{operation}]"));
        Assert.Equal(400, refusal.Status);
    }

    [Fact]
    public void A_patch_has_at_most_10_operations() => Assert.Throws<CosmosRefusal>(() => Apply(
        """{"id":"a"}""", $"[{string.Join(',', Enumerable.Repeat("""{"op":"set","path":"/n","value":1}""", 11))}]"));

    [Fact]
    public void A_value_that_was_set_stands_at_its_path_and_removing_it_restores_the_item()
    {
        var names = Gen.String[Gen.Char["abc/~\"é"], 1, 5].Where(name => name is not "id" and not "-");
        Gen.Select(names, Gen.Int, Gen.String).Sample((name, number, text) =>
        {
            var before = new JsonObject { ["id"] = "a", ["text"] = text }.ToJsonString();
            var pointer = JsonSerializer.Serialize("/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            var set = Apply(before, $"[{{\"op\":\"set\",\"path\":{pointer},\"value\":{number}}}]");
            Assert.Equal(number, (int)set[name]!);
            var restored = Apply(set.ToJsonString(), $"[{{\"op\":\"remove\",\"path\":{pointer}}}]");
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(before), restored));
        });
    }

    private static JsonNode Apply(string item, string operations) => JsonNode.Parse(ItemPatch.Apply(
        System.Text.Encoding.UTF8.GetBytes(item), System.Text.Encoding.UTF8.GetBytes($"{{\"operations\":{operations}}}"), ["/tenantId", "/userId"]))!;
}
