using System.Text.Json;

namespace BlokSec.Local;

/// <summary>The queues and containers that exist, named once in <c>infra/topology.json</c> for the deployment, the code and the tests.</summary>
internal sealed record Topology(CosmosTopology Cosmos, ServiceBusTopology ServiceBus)
{
    /// <summary>Reads the topology that is embedded in this assembly.</summary>
    public static Topology Read() => Read<Topology>("topology.json");

    /// <summary>Reads how each container is indexed, by its name.</summary>
    public static IReadOnlyDictionary<string, IndexingTopology> ReadIndexing() => Read<Dictionary<string, IndexingTopology>>("cosmos-indexing.json");

    private static T Read<T>(string name)
    {
        using var resource = typeof(Topology).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no embedded {name}.");
        return JsonSerializer.Deserialize<T>(resource, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException($"{name} is empty.");
    }
}

/// <summary>How a container is indexed: of it, what the local Cosmos DB looks at.</summary>
/// <param name="CompositeIndexes">The indexes that a query with several orders needs.</param>
internal sealed record IndexingTopology(IReadOnlyList<IReadOnlyList<IndexedPath>>? CompositeIndexes = null);

/// <summary>One path of a composite index.</summary>
/// <param name="Path">The path.</param>
/// <param name="Order"><c>ascending</c> or <c>descending</c>.</param>
internal sealed record IndexedPath(string Path, string Order);

/// <summary>The Cosmos DB database and its containers.</summary>
internal sealed record CosmosTopology(string Database, IReadOnlyList<ContainerTopology> Containers);

/// <summary>One container.</summary>
/// <param name="Name">Its name.</param>
/// <param name="PartitionKey">The paths of its hierarchical partition key, outermost first.</param>
/// <param name="DefaultTtlSeconds">-1: items live forever unless they carry their own <c>ttl</c>; null: no expiry at all.</param>
internal sealed record ContainerTopology(string Name, IReadOnlyList<string> PartitionKey, int? DefaultTtlSeconds = null);

/// <summary>The Service Bus namespace.</summary>
internal sealed record ServiceBusTopology(IReadOnlyList<QueueTopology> Queues);

/// <summary>One Service Bus queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxDeliveryCount">Deliveries after which a message that was not completed is dead-lettered.</param>
/// <param name="LockSeconds">How long a received message stays hidden from other receivers.</param>
/// <param name="DuplicateDetectionMinutes">How long a MessageId is remembered; 0 switches duplicate detection off.</param>
/// <param name="TimeToLiveDays">The longest that a message waits before it is dropped.</param>
internal sealed record QueueTopology(
    string Name, int MaxDeliveryCount, int LockSeconds, int DuplicateDetectionMinutes, int TimeToLiveDays);
