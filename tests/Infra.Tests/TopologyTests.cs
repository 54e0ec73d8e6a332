using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlokSec.Functions.Messaging;

namespace BlokSec.Infra.Tests;

/// <summary>Queues and containers are the same in the code, in <c>topology.json</c> and in what is deployed.</summary>
public sealed partial class TopologyTests
{
    private static readonly JsonNode Topology = JsonNode.Parse(Repository.Read("infra", "topology.json"))!;

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void The_queues_of_the_code_are_deployed_and_no_others(string size)
    {
        var queues = typeof(Queues).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!);

        var deployed = Deployment.Of(size).OfType("Microsoft.ServiceBus/namespaces/queues").Select(queue => queue.ShortName);

        Assert.Equal(queues.Order(StringComparer.Ordinal), deployed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void I3_Queues_lock_retry_expire_and_drop_duplicates_as_the_topology_says()
    {
        foreach (var expected in Topology.At("serviceBus.queues")!.AsArray())
        {
            var queue = Deployment.Small.OfType("Microsoft.ServiceBus/namespaces/queues")
                .Single(queue => queue.ShortName == expected!["name"]!.GetValue<string>()).Properties;

            Assert.Equal(expected!["maxDeliveryCount"]!.GetValue<int>(), queue["maxDeliveryCount"]!.GetValue<int>());
            Assert.Equal(TimeSpan.FromSeconds(expected["lockSeconds"]!.GetValue<int>()), Duration(queue["lockDuration"]));
            Assert.True(queue["requiresDuplicateDetection"]!.GetValue<bool>());
            Assert.Equal(
                TimeSpan.FromMinutes(expected["duplicateDetectionMinutes"]!.GetValue<int>()),
                Duration(queue["duplicateDetectionHistoryTimeWindow"]));
            Assert.Equal(TimeSpan.FromDays(expected["timeToLiveDays"]!.GetValue<int>()), Duration(queue["defaultMessageTimeToLive"]));
        }
    }

    [Fact]
    public void I3_A_message_that_expires_is_dead_lettered_and_one_of_a_dead_host_comes_again_within_a_minute()
    {
        Assert.All(Deployment.Small.OfType("Microsoft.ServiceBus/namespaces/queues"), queue =>
        {
            Assert.True(queue.Get<bool>("properties.deadLetteringOnMessageExpiration"));
            Assert.True(Duration(queue.Properties["lockDuration"]) <= TimeSpan.FromMinutes(1));
        });
    }

    [Fact]
    public void Revoke_pushes_may_wait_longer_than_they_are_tried()
    {
        // 30 days, docs of SendRevokePush.
        Assert.All(
            Deployment.Small.OfType("Microsoft.ServiceBus/namespaces/queues"),
            queue => Assert.True(Duration(queue.Properties["defaultMessageTimeToLive"]) > TimeSpan.FromDays(30)));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void I9_Users_are_partitioned_by_tenant_and_user_as_the_topology_says(string size)
    {
        var expected = Topology.At("cosmos.containers")!.AsArray()[0]!;
        var container = Container(size, "identities");

        Assert.Equal(expected["name"]!.GetValue<string>(), container.ShortName);
        Assert.Equal("MultiHash", container.Get<string>("properties.resource.partitionKey.kind"));
        Assert.Equal(2, container.Get<int>("properties.resource.partitionKey.version"));
        Assert.Equal(["/tenantId", "/userId"], expected["partitionKey"].Strings());
        Assert.Equal(expected["partitionKey"].Strings(), container.Json.At("properties.resource.partitionKey.paths").Strings());
        Assert.Equal(expected["defaultTtlSeconds"]!.GetValue<int>(), container.Get<int>("properties.resource.defaultTtl"));
    }

    [Theory]
    [InlineData("small")]
    [InlineData("large")]
    public void I7_Owners_of_keys_are_found_by_key_and_never_expire(string size)
    {
        var container = Container(size, "owners");

        Assert.Equal("Hash", container.Get<string>("properties.resource.partitionKey.kind"));
        Assert.Equal(["/id"], container.Json.At("properties.resource.partitionKey.paths").Strings());
        Assert.Null(container.Json.At("properties.resource.defaultTtl"));
        Assert.Equal("none", container.Get<string>("properties.resource.indexingPolicy.indexingMode"));
        Assert.Equal(2, Deployment.Of(size).OfType("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers").Count());
    }

    [Fact]
    public void I1_Reads_are_strongly_consistent_so_that_every_instance_sees_a_removal()
    {
        Assert.All(
            [Deployment.Small, Deployment.Large],
            deployment => Assert.Equal(
                "Strong",
                deployment.Single("Microsoft.DocumentDB/databaseAccounts").Get<string>("properties.consistencyPolicy.defaultConsistencyLevel")));
    }

    [Fact]
    public void Every_property_that_a_query_looks_at_is_indexed_and_nothing_else_is()
    {
        var asked = Repository.Sources()
            .SelectMany(source => Literals().Matches(source))
            .Select(literal => literal.Value)
            // A patch's condition is checked on the document that is patched.
            .Where(literal => !literal.TrimStart('$', '"', ' ', '\n').StartsWith("FROM c", StringComparison.Ordinal))
            .Select(literal => Projections().Replace(literal, "FROM c"))
            .SelectMany(literal => Properties().Matches(literal))
            .Select(property => property.Groups[1].Value)
            // System properties are indexed by themselves.
            .Except(["id"])
            // The levels of the partition key are not, unless named.
            .Union(["tenantId", "userId"]);
        var policy = Container("small", "identities").Json.At("properties.resource.indexingPolicy")!;

        // Of an object or a list, what is inside.
        var indexed = policy["includedPaths"]!.AsArray().Select(path => path!["path"]!.GetValue<string>().Split('/')[1]);

        Assert.Equal(asked.Order(StringComparer.Ordinal), indexed.Order(StringComparer.Ordinal));
        Assert.Contains("/*", policy["excludedPaths"]!.AsArray().Select(path => path!["path"]!.GetValue<string>()));
    }

    private static Resource Container(string size, string name) =>
        Deployment.Of(size).OfType("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers").Single(container => container.ShortName == name);

    private static TimeSpan Duration(JsonNode? duration) => System.Xml.XmlConvert.ToTimeSpan(duration!.GetValue<string>());

    [GeneratedRegex("\"\"\".*?\"\"\"|\"[^\"\\r\\n]*\"", RegexOptions.Singleline)]
    private static partial Regex Literals();

    [GeneratedRegex("SELECT .*? FROM c")]
    private static partial Regex Projections();

    [GeneratedRegex(@"\bc\.([a-z]\w*)")]
    private static partial Regex Properties();
}
