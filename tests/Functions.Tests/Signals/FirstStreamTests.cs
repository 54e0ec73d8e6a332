using BlokSec.Functions.Signals;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>The first stream of a tenant, of which other instances remember that it has none.</summary>
public sealed class FirstStreamTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Once_a_receiver_knows_its_stream_no_instance_remembers_that_there_was_none()
    {
        var others = Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<TenantStreams>(cloud.Test.Services)).ToArray();
        Assert.Empty(await others[0].ToPublishAsync(TestCloud.Tenant, Stop));
        Assert.True(others[0].KnowsNone(TestCloud.Tenant));

        var creating = Receiver.Of(cloud, Receiver.NewClientId()).CreatedAsync();
        while (!creating.IsCompleted)
        {
            await others[1].ToPublishAsync(TestCloud.Tenant, Stop);
            await Task.Yield();
        }

        var streamId = await creating;
        Assert.All(others, other => Assert.False(other.KnowsNone(TestCloud.Tenant)));
        foreach (var other in others)
        {
            Assert.Equal(streamId, Assert.Single(await other.ToPublishAsync(TestCloud.Tenant, Stop)).StreamId);
        }
    }
}
