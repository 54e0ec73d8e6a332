using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.AuditChain;

/// <summary>An insider who can change every document of the database, but has no key and does not reach the signed roots.</summary>
public sealed class InsiderTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Theory]
    [InlineData("/reason", "not lost at all")]
    [InlineData("/actor/name", "Mallory")]
    [InlineData("/actor/address", "192.0.2.1")]
    [InlineData("/action", "device.tested")]
    [InlineData("/at", "2026-01-01T00:00:00Z")]
    [InlineData("/targets/0", "another-device")]
    [InlineData("/after", "anything")]
    [InlineData("/unheardOf", "anything")]
    public async Task I12_An_entry_that_is_edited_is_found(string member, string value)
    {
        var (test, entries) = await SealedAsync();

        await test.PatchAsync("maria", entries[2].Id, PatchOperation.Set(member, value));

        Assert.Equal([AuditFaults.EntryChanged], await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_An_entry_that_is_deleted_is_found_once_and_told_as_an_alert()
    {
        var (test, entries) = await SealedAsync();
        await test.DeleteAsync("maria", entries[1].Id);

        Assert.Equal([AuditFaults.EntryMissing], await test.FaultsAsync());
        Assert.Equal([AuditFaults.EntryMissing], await test.FaultsAsync());

        var alert = Assert.Single(await test.History.ReadAsync("alert=true"));
        Assert.Equal((AuditActions.AuditBroken, 1, "block 1"), (alert.Action, alert.Count, alert.Targets.Single()));
        Assert.Contains(cloud.Test.Logs.Lines, line => line.Contains(test.Tenant, StringComparison.Ordinal) && line.Contains("is broken at block 1", StringComparison.Ordinal));
        Assert.Equal(1, Assert.Single((await test.ChainAsync()).Breaks).Block);
    }

    [Fact]
    public async Task An_entry_whose_retention_is_over_may_be_gone()
    {
        var test = new ChainTest(cloud);
        var entry = test.History.Entry("maria", cloud.Test.Time.GetUtcNow()) with { Ttl = 3600 };
        await test.History.StoreAsync([entry]);
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());
        await test.DeleteAsync("maria", entry.Id);

        Assert.Empty(await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_An_entry_that_says_it_is_sealed_and_one_that_comes_late_are_found()
    {
        var (test, entries) = await SealedAsync();
        var forged = test.History.Entry("maria", entries[0].At) with { Reason = "forged" };
        await test.WriteAsync(test.Tenant, "maria", Json(forged, ("block", 1)));
        Assert.Equal([AuditFaults.EntryForeign], await test.FaultsAsync());

        (test, _) = await SealedAsync();
        await test.WriteAsync(1, ago: TimeSpan.FromDays(3));
        Assert.True(await test.SealAsync());
        Assert.Equal([AuditFaults.EntryLate], await test.FaultsAsync());
        Assert.Equal([AuditFaults.EntryLate], await test.FaultsAsync());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("null")]
    [InlineData("\"x\"")]
    [InlineData("true")]
    [InlineData("1.5")]
    [InlineData("999999.5")]
    [InlineData("1e30")]
    public async Task I12_An_entry_that_says_it_is_sealed_in_a_block_that_cannot_be_is_found(string block)
    {
        var (test, entries) = await SealedAsync();
        var forged = test.History.Entry("maria", entries[0].At) with { Reason = "forged" };
        await test.WriteAsync(test.Tenant, "maria", Json(forged, ("block", JsonNode.Parse(block))));

        Assert.True(await test.SealAsync());
        Assert.Equal([AuditFaults.EntryForeign], await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_What_is_found_before_a_block_that_cannot_be_is_told()
    {
        var (test, entries) = await SealedAsync();
        await test.WriteAsync(test.Tenant, "maria", Json(test.History.Entry("maria", entries[0].At), ("block", JsonNode.Parse("1e30"))));
        await test.DeleteAsync("maria", entries[1].Id);

        Assert.Equal([AuditFaults.EntryForeign, AuditFaults.EntryMissing], await test.FaultsAsync());
    }

    [Theory]
    [InlineData("1")]
    [InlineData(null)]
    public async Task I12_An_entry_of_no_user_is_found_and_holds_up_nothing(string? block)
    {
        var (test, entries) = await SealedAsync();
        var forged = Json(test.History.Entry("maria", entries[0].At));
        if (block is not null)
        {
            forged["block"] = JsonNode.Parse(block);
        }

        await test.WriteOfNobodyAsync(forged);
        var more = await test.WriteAsync(1);

        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());
        Assert.Equal(entries.Concat(more).Select(entry => entry.Id), await test.SealedAsync());
        Assert.Equal([AuditFaults.EntryForeign], await test.FaultsAsync());
    }

    [Theory]
    [InlineData("auditBlock")]
    [InlineData("anything")]
    public async Task I12_What_is_in_the_place_of_the_next_block_is_an_alert(string type)
    {
        var (test, _) = await SealedAsync();
        await test.WriteAsync(test.Tenant, "~audit", new JsonObject { ["id"] = AuditBlockDocument.IdOf(2), ["type"] = type });
        var more = await test.WriteAsync(1);

        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        Assert.Equal((2, AuditFaults.BlockUnlinked), Assert.Single((await test.ChainAsync()).Breaks) is var found ? (found.Block, found.Fault) : default);
        Assert.Equal(1, Assert.Single(await test.History.ReadAsync("alert=true")).Count);

        await test.DeleteAsync("~audit", AuditBlockDocument.IdOf(2));
        Assert.True(await test.SealAsync());
        Assert.Contains(more[0].Id, await test.SealedAsync());
        Assert.Empty(await test.FaultsAsync());
    }

    [Theory]
    [InlineData("none")]
    [InlineData(null)]
    public async Task I12_A_last_block_whose_entries_cannot_be_read_is_found_and_holds_up_nothing(string? listed)
    {
        var test = new ChainTest(cloud);
        var entries = await test.WriteAsync(1);
        Assert.True(await test.SealAsync());
        await test.PatchAsync("~audit", AuditBlockDocument.IdOf(1), PatchOperation.Set("/entries", listed));
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/marked", false));
        var more = await test.WriteAsync(1);

        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        Assert.Equal(2, (await test.EntryAsync(more[0])).GetProperty("block").GetInt64());
        Assert.NotEmpty(await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_An_entry_that_comes_late_is_found_although_the_head_was_changed()
    {
        var (test, entries) = await SealedAsync();
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/watermark", entries[0].At.AddYears(-1)));
        await test.WriteAsync(1, ago: TimeSpan.FromDays(3));
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        Assert.Equal([AuditFaults.EntryLate], await test.FaultsAsync());
        Assert.Equal([AuditFaults.EntryLate], await test.FaultsAsync());
        Assert.Equal(1, Assert.Single(await test.History.ReadAsync("alert=true")).Count);
    }

    [Fact]
    public async Task I12_An_entry_that_comes_late_is_found_by_a_check_in_portions()
    {
        var (test, entries) = await SealedAsync(blocks: 20);
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/watermark", entries[0].At.AddYears(-1)));
        await test.WriteAsync(1, ago: TimeSpan.FromDays(3));
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        Assert.Equal([AuditFaults.EntryLate], await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_An_entry_of_the_first_time_that_can_be_told_holds_up_nothing()
    {
        var test = new ChainTest(cloud);
        await test.History.StoreAsync([test.History.Entry("maria", cloud.Test.Time.GetUtcNow()) with { At = DateTimeOffset.MinValue }]);
        Assert.True(await test.SealAsync());
        var more = await test.WriteAsync(1);

        Assert.True(await test.SealAsync());

        Assert.Contains(more[0].Id, await test.SealedAsync());
        Assert.Empty(await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_An_entry_whose_time_is_to_come_is_found_and_makes_no_later_one_late()
    {
        var (test, entries) = await SealedAsync();
        await test.History.StoreAsync([test.History.Entry("maria", entries[0].At.AddYears(70))]);
        Assert.True(await test.SealAsync());
        await test.WriteAsync(1, ago: TimeSpan.Zero);
        Assert.True(await test.SealAsync());

        Assert.Equal([AuditFaults.EntryAhead], await test.FaultsAsync());
        Assert.Equal(2, Assert.Single((await test.ChainAsync()).Breaks).Block);
    }

    [Fact]
    public async Task I12_An_entry_that_is_moved_to_another_user_or_tenant_is_found()
    {
        var (test, entries) = await SealedAsync();
        var moved = Json(await test.EntryAsync(entries[0]));
        await test.DeleteAsync("maria", entries[0].Id);
        await test.WriteAsync(test.Tenant, "liam", moved);
        Assert.Equal([AuditFaults.EntryForeign, AuditFaults.EntryMissing], await test.FaultsAsync());

        (test, entries) = await SealedAsync();
        var (other, _) = await SealedAsync();
        moved = Json(await test.EntryAsync(entries[0]));
        await test.DeleteAsync("maria", entries[0].Id);
        await test.WriteAsync(other.Tenant, "maria", moved);
        Assert.Equal([AuditFaults.EntryMissing], await test.FaultsAsync());
        Assert.Equal([AuditFaults.EntryForeign], await other.FaultsAsync());
    }

    [Fact]
    public async Task I12_A_block_that_is_edited_swapped_or_deleted_is_found()
    {
        var (test, _) = await SealedAsync(blocks: 3);
        await test.PatchAsync("~audit", AuditBlockDocument.IdOf(2), PatchOperation.Set("/sealedAt", "2026-01-01T00:00:00Z"));
        Assert.Equal([AuditFaults.BlockChanged, AuditFaults.BlockUnlinked], await test.FaultsAsync());

        (test, _) = await SealedAsync(blocks: 3);
        var blocks = await test.BlocksAsync();
        await test.WriteAsync(test.Tenant, "~audit", Json(blocks[1], ("id", AuditBlockDocument.IdOf(3)), ("number", 3)));
        await test.WriteAsync(test.Tenant, "~audit", Json(blocks[2], ("id", AuditBlockDocument.IdOf(2)), ("number", 2)));
        Assert.Contains(AuditFaults.BlockChanged, await test.FaultsAsync());

        (test, _) = await SealedAsync(blocks: 3);
        await test.DeleteAsync("~audit", AuditBlockDocument.IdOf(2));
        Assert.Equal([AuditFaults.BlockMissing], await test.FaultsAsync());

        (test, _) = await SealedAsync(blocks: 3);
        await test.DeleteAsync("~audit", AuditBlockDocument.IdOf(3));
        Assert.Contains(AuditFaults.BlockMissing, await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_A_chain_that_is_cut_at_its_end_with_its_head_is_found()
    {
        var (test, entries) = await SealedAsync(blocks: 3);
        await test.DeleteAsync("~audit", AuditBlockDocument.IdOf(3));
        await MoveHeadAsync(test, 2);
        Assert.Equal([AuditFaults.ChainCut], await test.FaultsAsync());

        // Also when the entries go with it, once a root was signed.
        (test, entries) = await SealedAsync(blocks: 3);
        Assert.True(await test.SignAsync());
        await test.DeleteAsync("~audit", AuditBlockDocument.IdOf(3));
        await test.DeleteAsync("~audit", AuditRootDocument.IdOf(3));
        await MoveHeadAsync(test, 2);
        foreach (var entry in entries[^3..])
        {
            await test.DeleteAsync("maria", entry.Id);
        }

        Assert.Equal([AuditFaults.ChainCut], await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_A_chain_that_is_written_anew_as_a_whole_differs_from_its_root()
    {
        var (test, entries) = await SealedAsync();
        Assert.True(await test.SignAsync());
        Assert.Empty(await test.FaultsAsync());

        await test.DeleteAsync("~audit", AuditBlockDocument.IdOf(1));
        await test.DeleteAsync("~audit", AuditRootDocument.IdOf(1));
        await test.DeleteAsync("~audit", AuditChainDocument.DocumentId);
        await test.DeleteAsync("maria", entries[0].Id);
        foreach (var entry in entries[1..])
        {
            await test.PatchAsync("maria", entry.Id, PatchOperation.Remove("/block"));
        }

        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());

        Assert.Equal([AuditFaults.RootDiffers], await test.FaultsAsync());
        Assert.True(await test.SignAsync());
        Assert.Equal([AuditFaults.RootDiffers], await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_A_head_that_is_lost_or_moved_back_is_found_and_holds_up_nothing()
    {
        var (test, _) = await SealedAsync(blocks: 3);
        await test.DeleteAsync("~audit", AuditChainDocument.DocumentId);
        await GoesOnAsync();

        (test, _) = await SealedAsync(blocks: 3);
        await MoveHeadAsync(test, 1);
        await GoesOnAsync();

        async Task GoesOnAsync()
        {
            var more = await test.WriteAsync(1);
            Assert.True(await test.SealAsync());
            Assert.True(await test.SealAsync());
            Assert.Equal(4, (await test.EntryAsync(more[0])).GetProperty("block").GetInt64());
            Assert.Contains((await test.ChainAsync()).Breaks, found => found.Fault == AuditFaults.HeadChanged);
        }
    }

    [Theory]
    [InlineData("/type", null)]
    [InlineData("/type", "auditRoot")]
    [InlineData("/schemaVersion", 99)]
    public async Task I12_A_head_whose_type_or_version_is_changed_is_an_alert_and_hides_nothing(string member, object? value)
    {
        var (test, entries) = await SealedAsync();
        await test.DeleteAsync("maria", entries[1].Id);
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, value is null ? PatchOperation.Remove(member) : PatchOperation.Set(member, value));
        var more = await test.WriteAsync(1);

        Assert.True(await test.VerifyAsync());
        Assert.True(await test.SealAsync());

        var alert = Assert.Single(await test.History.ReadAsync("alert=true"));
        Assert.Equal((AuditActions.AuditBroken, AuditFaults.HeadUnreadable), (alert.Action, alert.After!["fault"]));
        Assert.Contains(cloud.Test.Logs.Lines, line => line.Contains(test.Tenant, StringComparison.Ordinal) && line.Contains("is broken: head-unreadable", StringComparison.Ordinal));

        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Set("/type", AuditChainDocument.DocumentType), PatchOperation.Set("/schemaVersion", 1));
        Assert.True(await test.SealAsync());
        Assert.Contains(more[0].Id, await test.SealedAsync());
        Assert.Equal([AuditFaults.EntryMissing], await test.FaultsAsync());
    }

    [Fact]
    public async Task I12_A_head_without_a_type_is_signed()
    {
        var (test, _) = await SealedAsync();
        await test.PatchAsync("~audit", AuditChainDocument.DocumentId, PatchOperation.Remove("/type"));

        Assert.True(await test.SignAsync());

        Assert.Equal(1, (await test.ChainAsync()).SignedBlock);
    }

    [Fact]
    public async Task A_forged_root_is_found()
    {
        var (test, _) = await SealedAsync();
        Assert.True(await test.SignAsync());
        var root = (await cloud.Test.DocumentsAsync(test.Tenant, "~audit", "c.type = 'auditRoot'")).Values.Single().GetProperty("jws").GetString()!;
        await test.PatchAsync("~audit", AuditRootDocument.IdOf(1), PatchOperation.Set("/jws", $"{root[..^4]}AAAA"));

        Assert.Equal([AuditFaults.RootDiffers], await test.FaultsAsync());
        await test.PatchAsync("~audit", AuditRootDocument.IdOf(1), PatchOperation.Set("/jws", root));
        Assert.Empty(await test.FaultsAsync());
    }

    private static async Task MoveHeadAsync(ChainTest test, int number)
    {
        var hash = (await test.BlocksAsync())[number - 1].GetProperty("hash").GetString();
        await test.PatchAsync(
            "~audit",
            AuditChainDocument.DocumentId,
            PatchOperation.Set("/number", number),
            PatchOperation.Set("/hash", hash),
            PatchOperation.Set("/signed", 0),
            PatchOperation.Set("/marked", true));
    }

    private static JsonObject Json(object document, params (string Name, object? Value)[] changes)
    {
        var node = JsonSerializer.SerializeToNode(document, Functions.Json.Documents)!.AsObject();
        foreach (var (name, value) in changes)
        {
            node[name] = JsonSerializer.SerializeToNode(value);
        }

        return node;
    }

    /// <summary>A chain of blocks of three entries, checked and found whole.</summary>
    private async Task<(ChainTest Test, AuditDocument[] Entries)> SealedAsync(int blocks = 1)
    {
        var test = new ChainTest(cloud);
        var entries = new List<AuditDocument>();
        for (var block = 0; block < blocks; block++)
        {
            entries.AddRange(await test.WriteAsync(3));
            Assert.True(await test.SealAsync());
            cloud.Test.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Empty(await test.FaultsAsync());
        return (test, [.. entries]);
    }
}
