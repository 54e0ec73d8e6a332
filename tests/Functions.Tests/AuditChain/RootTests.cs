using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.AuditChain;

/// <summary>Signed roots: each names the one before, whatever is killed when, and they outlive their chain.</summary>
public sealed class RootTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IdentityStore Identities => cloud.Test.Services.GetRequiredService<IdentityStore>();

    [Fact]
    public async Task I12_A_root_that_does_not_follow_the_one_before_is_found()
    {
        var test = new ChainTest(cloud);
        for (var block = 0; block < 3; block++)
        {
            await SignedAsync(test);
        }

        Assert.Empty(await test.FaultsAsync());
        var chain = (await Identities.ReadAsync<AuditChainDocument>(AuditChainDocument.KeyOf(test.Tenant), AuditChainDocument.DocumentId, Stop))!;
        var forged = cloud.Test.Services.GetRequiredService<AuditRoots>().Sign(chain with { Root = AuditHashes.OfText("another") }, cloud.Test.Time.GetUtcNow());

        await test.PatchAsync("~audit", AuditRootDocument.IdOf(3), PatchOperation.Set("/jws", forged));

        Assert.Equal([AuditFaults.RootUnlinked], await test.FaultsAsync());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task I12_A_root_that_is_deleted_is_found_and_written_again_from_where_it_is_kept(int deleted)
    {
        var test = new ChainTest(cloud);
        for (var block = 0; block < 3; block++)
        {
            await SignedAsync(test);
        }

        Assert.Empty(await test.FaultsAsync());
        var before = await RootsAsync();
        await test.DeleteAsync("~audit", AuditRootDocument.IdOf(deleted));

        Assert.Equal([AuditFaults.RootUnlinked], await test.FaultsAsync());
        Assert.Equal(deleted, Assert.Single((await test.ChainAsync()).Breaks).Block);
        Assert.Equal(before, await RootsAsync());
        Assert.Empty(await test.FaultsAsync());
        Assert.Equal(1, Assert.Single(await test.History.ReadAsync("alert=true")).Count);

        async Task<string[]> RootsAsync() => [.. (await cloud.Test.DocumentsAsync(test.Tenant, "~audit", "c.type = 'auditRoot'"))
            .OrderBy(root => root.Key, StringComparer.Ordinal).Select(root => root.Value.GetProperty("jws").GetString()!)];
    }

    [Fact]
    public async Task I4_Killed_after_any_of_its_requests_the_signing_ends_alike()
    {
        var tests = Tests(6);
        await SealedAsync(tests);
        Assert.True(await tests[0].SignAsync());
        await SealedAsync(tests);

        var requests = await cloud.Test.KilledAsync([.. tests.Select(test => test.Tenant)], tests[0].SignAsync);
        await SealedAsync(tests);
        Assert.True(await tests[0].SignAsync());

        Assert.InRange(requests, 2, 4);
        Assert.True(await tests[0].VerifyAsync());
        foreach (var test in tests)
        {
            var chain = await test.ChainAsync();
            Assert.Equal((3, 3), (chain.SignedBlock, chain.CheckedBlock));
            Assert.Empty(chain.Breaks);
        }
    }

    [Fact]
    public async Task I4_Killed_after_any_of_its_requests_the_check_finds_the_same_and_tells_one_alert()
    {
        var tests = Tests(20);
        var entries = await SealedAsync(tests);
        Assert.True(await tests[0].SignAsync());
        foreach (var (test, written) in tests.Zip(entries))
        {
            await test.DeleteAsync("maria", written[0].Id);
        }

        var requests = await cloud.Test.KilledAsync([.. tests.Select(test => test.Tenant)], tests[0].VerifyAsync);
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await tests[0].VerifyAsync());

        Assert.InRange(requests, 7, 18);
        foreach (var test in tests)
        {
            Assert.Equal((1, AuditFaults.EntryMissing), Assert.Single((await test.ChainAsync()).Breaks) is var found ? (found.Block, found.Fault) : default);

            // One that was told, but not remembered any more, is counted again.
            Assert.InRange(Assert.Single(await test.History.ReadAsync("alert=true")).Count, 1, 2);
        }
    }

    [Fact]
    public async Task I14_A_run_of_the_check_looks_at_the_roots_of_its_portion_and_at_all_of_them_once_in_a_check_of_the_whole_chain()
    {
        var test = new ChainTest(cloud);
        for (var block = 0; block < 21; block++)
        {
            await test.WriteAsync(1);
            Assert.True(await test.SealAsync());
        }

        await SignedAsync(test);
        var store = new CountingStore(cloud.Test.Services.GetRequiredService<IRootStore>(), test.Tenant);
        var verify = ActivatorUtilities.CreateInstance<VerifyAudit>(cloud.Test.Services, store);

        await verify.HandleAsync(new TimerInfo(), Stop);
        Assert.Equal(["1 to 20"], store.Lists);
        await verify.HandleAsync(new TimerInfo(), Stop);
        Assert.Equal(["1 to 20", "21 to 22", "all"], store.Lists);
    }

    [Fact]
    public async Task I5_A_tenant_whose_breaks_cannot_be_told_keeps_no_other_from_being_checked_and_signed()
    {
        var tests = Tests(7);
        var (test, others) = (tests[3], tests.Where((_, index) => index != 3));
        await test.DeleteAsync("maria", (await SealedAsync(tests))[3][0].Id);
        await test.WriteAsync(test.Tenant, "~audit", new JsonObject
        {
            ["id"] = AlertDocument.IdOf(AuditActions.AuditBroken),
            ["type"] = AlertDocument.DocumentType,
            ["entryId"] = 1,
        });

        Assert.True(await test.VerifyAsync());
        Assert.True(await test.SignAsync());

        foreach (var other in others)
        {
            Assert.Equal((1, 1), ((await other.ChainAsync()).CheckedBlock, (await other.ChainAsync()).SignedBlock));
        }

        Assert.Contains(cloud.Test.Logs.Lines, line => line.Contains(test.Tenant, StringComparison.Ordinal) && line.Contains("is broken at block 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I12_A_tenant_whose_chain_is_gone_as_a_whole_is_an_alert_when_roots_are_kept()
    {
        var test = new ChainTest(cloud);
        await SignedAsync(test);
        foreach (var id in (await cloud.Test.DocumentsAsync(test.Tenant, "~audit", "true")).Keys)
        {
            await test.DeleteAsync("~audit", id);
        }

        Assert.True(await test.SignAsync());
        Assert.True(await test.SignAsync());

        var alert = Assert.Single(await test.History.ReadAsync("alert=true"));
        Assert.Equal((AuditActions.AuditBroken, AuditFaults.ChainMissing, 1), (alert.Action, alert.After!["fault"], alert.Count));
    }

    private ChainTest[] Tests(int count) => [.. Enumerable.Range(0, count).Select(_ => new ChainTest(cloud))];

    private async Task SignedAsync(ChainTest test)
    {
        await SealedAsync(test);
        Assert.True(await test.SignAsync());
    }

    /// <summary>Seals one more block of each.</summary>
    private async Task<AuditDocument[][]> SealedAsync(params ChainTest[] tests)
    {
        var entries = new List<AuditDocument[]>();
        foreach (var test in tests)
        {
            entries.Add(await test.WriteAsync(2));
        }

        Assert.True(await tests[0].SealAsync());
        Assert.True(await tests[0].SealAsync());
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(1));
        return [.. entries];
    }

    /// <summary>Says which roots of a tenant were asked for.</summary>
    private sealed class CountingStore(IRootStore store, string tenant) : IRootStore
    {
        public List<string> Lists { get; } = [];

        public bool IsOutOfReach => store.IsOutOfReach;

        public Task<string> KeepAsync(string tenantId, long number, string root, CancellationToken cancellationToken) =>
            store.KeepAsync(tenantId, number, root, cancellationToken);

        public Task<string?> ReadAsync(string tenantId, long number, CancellationToken cancellationToken) => store.ReadAsync(tenantId, number, cancellationToken);

        public IAsyncEnumerable<long> ListAsync(string tenantId, CancellationToken cancellationToken)
        {
            Note(tenantId, "all");
            return store.ListAsync(tenantId, cancellationToken);
        }

        public IAsyncEnumerable<long> ListAsync(string tenantId, long first, long last, CancellationToken cancellationToken)
        {
            Note(tenantId, $"{first} to {last}");
            return store.ListAsync(tenantId, first, last, cancellationToken);
        }

        public IAsyncEnumerable<string> TenantsAsync(CancellationToken cancellationToken) => store.TenantsAsync(cancellationToken);

        private void Note(string tenantId, string asked)
        {
            if (tenantId == tenant)
            {
                Lists.Add(asked);
            }
        }
    }
}
