using System.Reflection;
using BlokSec.Functions.Hosting;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Local;
using Microsoft.Azure.Functions.Worker;

namespace BlokSec.Functions.Tests.Wire;

public sealed class TopologyTests
{
    private static readonly Topology Named = Topology.Read();

    [Fact]
    public void The_queues_of_the_code_are_those_of_the_topology() => Assert.Equal(
        Named.ServiceBus.Queues.Select(queue => queue.Name).Order(StringComparer.Ordinal),
        typeof(Queues).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal));

    [Fact]
    public void All_queues_are_connected_at_the_start() => Assert.Equal(
        Named.ServiceBus.Queues.Select(queue => queue.Name).Order(StringComparer.Ordinal), Queues.All.Order(StringComparer.Ordinal));

    [Fact]
    public void Each_queue_has_one_function() => Assert.Equal(
        Named.ServiceBus.Queues.Select(queue => queue.Name).Order(StringComparer.Ordinal),
        FunctionMethods.All()
            .Select(method => FunctionMethods.TriggerOf<ServiceBusTriggerAttribute>(method)?.QueueName)
            .OfType<string>()
            .Order(StringComparer.Ordinal));

    [Fact]
    public void The_database_of_the_options_is_that_of_the_topology()
    {
        var options = new IdentitiesOptions();
        var (identities, owners) = (Named.Cosmos.Containers[0], Named.Cosmos.Containers[1]);
        Assert.Equal(2, Named.Cosmos.Containers.Count);
        Assert.Equal((Named.Cosmos.Database, identities.Name, owners.Name), (options.Database, options.Container, options.OwnersContainer));
        Assert.Equal(["/tenantId", "/userId"], identities.PartitionKey);
        Assert.Equal(["/id"], owners.PartitionKey);

        // Documents live forever unless they say otherwise; only then does a document's own ttl count. Owners have no say.
        Assert.Equal((-1, null), (identities.DefaultTtlSeconds, owners.DefaultTtlSeconds));
    }

    [Fact]
    public void A_message_that_is_scheduled_for_thirty_days_outlives_its_wait() => Assert.All(
        Named.ServiceBus.Queues, queue => Assert.True(queue.TimeToLiveDays > 30, queue.Name));
}
