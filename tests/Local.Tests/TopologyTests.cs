namespace BlokSec.Local.Tests;

public sealed class TopologyTests
{
    [Fact]
    public void The_embedded_topology_names_queues_and_containers()
    {
        var topology = Topology.Read();
        Assert.Contains(topology.ServiceBus.Queues, queue => queue is { Name: "revocations", MaxDeliveryCount: 100, LockSeconds: 60 });
        Assert.Contains(topology.Cosmos.Containers, container => container.PartitionKey is ["/tenantId", "/userId"]);
    }
}
