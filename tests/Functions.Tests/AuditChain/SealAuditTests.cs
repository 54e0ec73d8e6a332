using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;
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
    public async Task Killed_after_any_of_its_requests_the_chain_stays_whole_and_no_entry_is_in_two_blocks()
    {
        var tests = Enumerable.Range(0, 24).Select(_ => new ChainTest(cloud)).ToArray();
        var entries = tests.ToDictionary(test => test, _ => new List<AuditDocument>());
        await WriteAsync(2);
        Assert.True(await tests[0].SealAsync());
        await WriteAsync(3);

        var requests = await cloud.Test.KilledAsync([.. tests.Select(test => test.Tenant)], tests[0].SealAsync);
        await WriteAsync(2, "liam");
        Assert.True(await tests[0].SealAsync());
        Assert.True(await tests[0].SealAsync());

        Assert.InRange(requests, 6, 22);
        Assert.True(await tests[0].VerifyAsync());
        foreach (var test in tests)
        {
            Assert.Equal(entries[test].Select(entry => entry.Id).Order(StringComparer.Ordinal), (await test.SealedAsync()).Order(StringComparer.Ordinal));
            var chain = await test.ChainAsync();
            Assert.Equal(chain.Blocks, chain.CheckedBlock);
            Assert.Empty(chain.Breaks);
        }

        async Task WriteAsync(int count, string userId = "maria")
        {
            foreach (var test in tests)
            {
                entries[test].AddRange(await test.WriteAsync(count, userId));
            }
        }
    }

    [Fact]
    public async Task Two_instances_at_the_same_moment_seal_each_entry_once()
    {
        var test = new ChainTest(cloud);
        var entries = (await test.WriteAsync(250)).Concat(await test.WriteAsync(50, "liam")).ToArray();

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

    [Fact]
    public async Task I14_What_waits_since_before_the_chain_is_sealed_at_a_pace_and_none_of_it_is_lost()
    {
        var test = new ChainTest(cloud);
        var entries = await test.WriteAsync((2 * AuditBlockDocument.MaxEntries) + 1);
        var seal = ActivatorUtilities.CreateInstance<SealAudit>(cloud.Test.Services);
        seal.MaxBlocksOfRun = 1;

        for (var run = 1; run <= 3; run++)
        {
            await seal.HandleAsync(new TimerInfo(), Stop);
            Assert.Equal(run, (await test.BlocksAsync()).Length);
        }

        Assert.Equal(entries.Select(entry => entry.Id), await test.SealedAsync());
        Assert.Empty(await test.FaultsAsync());
    }

    [Fact]
    public async Task I5_Tenants_of_which_nothing_can_be_sealed_are_in_nobodys_way()
    {
        var (stuck, others) = (Tests(8), Tests(3));
        foreach (var test in stuck)
        {
            await test.WriteAsync(test.Tenant, "~audit", new JsonObject { ["id"] = AuditChainDocument.DocumentId, ["type"] = AuditChainDocument.DocumentType, ["number"] = "many" });
        }

        foreach (var test in stuck.Concat(others))
        {
            await test.WriteAsync(3);
        }

        var seal = ActivatorUtilities.CreateInstance<SealAudit>(cloud.Test.Services);
        seal.MaxLook = 1;
        await seal.HandleAsync(new TimerInfo(), Stop);

        foreach (var other in others)
        {
            Assert.Single(await other.BlocksAsync());
        }

        ChainTest[] Tests(int count) => [.. Enumerable.Range(0, count).Select(_ => new ChainTest(cloud))];
    }

    [Fact]
    public async Task I12_A_head_that_cannot_be_read_is_an_alert_and_goes_on_once_it_can()
    {
        var test = new ChainTest(cloud);
        await test.WriteAsync(2);
        Assert.True(await test.SealAsync());
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/number", "many"));
        await test.WriteAsync(2);

        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        var alert = Assert.Single(await test.History.ReadAsync("alert=true"));
        Assert.Equal((AuditActions.AuditBroken, AuditFaults.HeadUnreadable, 1), (alert.Action, alert.After!["fault"], alert.Count));
        Assert.Contains(cloud.Test.Logs.Lines, line => line.Contains(test.Tenant, StringComparison.Ordinal) && line.Contains("is broken: head-unreadable", StringComparison.Ordinal));

        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/number", 1));
        Assert.True(await test.SealAsync());
        Assert.Equal(5, (await test.SealedAsync()).Length);
        Assert.Empty(await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_A_head_that_cannot_be_read_is_told_although_another_break_of_the_day_was()
    {
        var test = new ChainTest(cloud);
        var entries = await test.WriteAsync(2);
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());
        await test.DeleteAsync("maria", entries[0].Id);
        Assert.Equal([AuditFaults.EntryMissing], await test.FaultsAsync());
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/number", "many"));

        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        var alert = Assert.Single(await test.History.ReadAsync("alert=true"));
        Assert.Equal((2, "block 1, head-unreadable"), (alert.Count, string.Join(", ", alert.Targets)));
    }
}
