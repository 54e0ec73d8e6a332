using System.Text.Json;

namespace BlokSec.Local;

/// <summary>The queues and containers that exist, named once in <c>infra/topology.json</c> for the deployment, the code and the tests.</summary>
internal sealed record Topology(CosmosTopology Cosmos, ServiceBusTopology ServiceBus)
{
    /// <summary>Reads the topology that is embedded in this assembly.</summary>
    public static Topology Read()
    {
        using var resource = typeof(Topology).Assembly.GetManifestResourceStream("topology.json")
            ?? throw new InvalidOperationException("The assembly has no embedded topology.json.");
        return JsonSerializer.Deserialize<Topology>(resource, JsonSerializerOptions.Web)
            ?? throw new InvalidOperationException("topology.json is empty.");
    }
}

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
