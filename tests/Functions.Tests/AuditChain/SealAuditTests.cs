using BlokSec.Functions.Audit;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.AuditChain;

public sealed class SealAuditTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I12_Every_entry_is_sealed_once_whoever_it_is_about_and_the_chain_holds()
    {
        var test = new ChainTest(cloud);
        var entries = (await test.WriteAsync(230)).Concat(await test.WriteAsync(30, "liam")).Concat(await test.WriteAsync(1, "~applications")).ToArray();

        Assert.True(await test.SealAsync());
        var more = await test.WriteAsync(3);
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        var ids = await test.SealedAsync();
        Assert.Equal(entries.Concat(more).Select(entry => entry.Id).Order(StringComparer.Ordinal), ids.Order(StringComparer.Ordinal));
        Assert.Equal(3, (await test.BlocksAsync()).Length);
        Assert.Empty(await test.FaultsAsync());
        Assert.Equal((3, 3), ((await test.ChainAsync()).Blocks, (await test.ChainAsync()).CheckedBlock));
        Assert.Equal(3, (await test.EntryAsync(more[0])).GetProperty("block").GetInt64());
    }

    [Fact]
    public async Task An_alert_that_comes_again_stays_what_was_sealed()
    {
        var test = new ChainTest(cloud);
        var identities = cloud.Test.Services.GetRequiredService<IdentityStore>();
        var key = new UserKey(test.Tenant, "maria");
        await RaiseAsync("phone-1");
        Assert.True(await test.SealAsync());

        await RaiseAsync("phone-2");
        await RaiseAsync("phone-3");

        Assert.Empty(await test.FaultsAsync());
        Assert.Equal((3, 3), (await test.History.ReadAsync("userId=maria")) is [var entry] ? (entry.Count, entry.Targets.Count) : default);

        Task RaiseAsync(string target) => identities.TryRaiseAsync(
            key.Entry(cloud.Test.Time.GetUtcNow(), AuditActor.Phone(target), "key-in-use.refused", target), proof: null, Stop);
    }

    [Fact]
    public async Task Killed_before_any_of_its_requests_the_chain_stays_whole_and_no_entry_is_in_two_blocks()
    {
        for (var last = 1; ; last++)
        {
            var test = new ChainTest(cloud);
            var first = await test.WriteAsync(2);
            Assert.True(await test.SealAsync());
            var entries = first.Concat(await test.WriteAsync(3)).ToArray();

            var isKilled = await KilledAsync(test, last);
            entries = [.. entries, .. await test.WriteAsync(2, "liam")];
            Assert.True(await test.SealAsync());

            Assert.Equal(entries.Select(entry => entry.Id).Order(StringComparer.Ordinal), (await test.SealedAsync()).Order(StringComparer.Ordinal));
            Assert.Empty(await test.FaultsAsync());
            if (!isKilled)
            {
                Assert.InRange(last, 6, 60);
                return;
            }
        }
    }

    [Fact]
    public async Task Two_instances_at_the_same_moment_seal_each_entry_once()
    {
        var test = new ChainTest(cloud);
        var entries = (await test.WriteAsync(450)).Concat(await test.WriteAsync(150, "liam")).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ActivatorUtilities.CreateInstance<SealAudit>(cloud.Test.Services).HandleAsync(new TimerInfo(), Stop)));
        Assert.True(await test.SealAsync());

        Assert.Equal(entries.Select(entry => entry.Id).Order(StringComparer.Ordinal), (await test.SealedAsync()).Order(StringComparer.Ordinal));
        Assert.Empty(await test.FaultsAsync());
    }

    [Fact]
    public async Task I9_Each_tenant_has_a_chain_of_its_own()
    {
        var (ours, theirs) = (new ChainTest(cloud), new ChainTest(cloud));
        var mine = await ours.WriteAsync(2);
        var others = await theirs.WriteAsync(3);

        Assert.True(await ours.SealAsync());

        Assert.Equal(mine.Select(entry => entry.Id), await ours.SealedAsync());
        Assert.Equal(others.Select(entry => entry.Id), await theirs.SealedAsync());
    }

    /// <summary>Runs the timer until its last request but those after it, as if the process died there; false when it ended before.</summary>
    private async Task<bool> KilledAsync(ChainTest test, int last)
    {
        var (seen, isKilled) = (0, false);
        IDisposable? death = null;
        cloud.Test.Traffic.Hook = (request, stage) =>
        {
            if (stage == FaultStage.After && request.StandIn == "cosmos" && Interlocked.Increment(ref seen) == last)
            {
                death = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Status = 500 });
            }
            else if (stage == FaultStage.Before && death is not null)
            {
                isKilled = true;
            }

            return Task.CompletedTask;
        };
        try
        {
            await test.SealAsync();
            return isKilled;
        }
        finally
        {
            cloud.Test.Traffic.Hook = null;
            death?.Dispose();
        }
    }
}
