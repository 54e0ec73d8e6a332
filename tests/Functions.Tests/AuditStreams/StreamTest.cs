using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.AuditStreams;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuditChain;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.AuditStreams;

/// <summary>A tenant whose audit is streamed to Event Grid when told to.</summary>
internal sealed class StreamTest(OpenCloud cloud)
{
    public ChainTest Chain { get; } = new(cloud);

    public string Tenant => Chain.Tenant;

    /// <summary>The events of the tenant, in the order in which they came; some may have come twice.</summary>
    public IReadOnlyList<JsonElement> Events =>
        [.. cloud.Test.Cloud.EventGrid.Events.Where(one => one.GetProperty("source").GetString()!.EndsWith($"/tenants/{Tenant}", StringComparison.Ordinal))];

    /// <summary>The ids of the events, each where it came first.</summary>
    public IEnumerable<string> Ids => Events.Select(one => one.GetProperty("id").GetString()!).Distinct();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Writes entries and seals them.</summary>
    public async Task<AuditDocument[]> SealedAsync(int count)
    {
        var entries = await Chain.WriteAsync(count);
        Assert.True(await Chain.SealAsync());
        Assert.True(await Chain.SealAsync());
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(1));
        return entries;
    }

    /// <summary>Runs the stream to Event Grid once, as an instance of its own.</summary>
    public Task RunAsync()
    {
        IAuditStream[] only = [.. cloud.Test.Services.GetRequiredService<IReadOnlyList<IAuditStream>>().Where(stream => stream.Name == AuditStreamNames.EventGrid)];
        return ActivatorUtilities.CreateInstance<StreamAudit>(cloud.Test.Services, (object)only).HandleAsync(new TimerInfo(), Stop);
    }

    /// <summary>Runs it until the receiver has everything.</summary>
    public async Task FinishedAsync()
    {
        for (var run = 0; (await StateAsync()).WaitingBlocks > 0; run++)
        {
            Assert.InRange(run, 0, 20);
            cloud.Test.Time.Advance(TimeSpan.FromMinutes(16));
            await RunAsync();
        }
    }

    public async Task<AuditStreamDetails> StateAsync(string stream = AuditStreamNames.EventGrid) =>
        (await Chain.ChainAsync()).Streams.Single(known => known.Name == stream);
}
