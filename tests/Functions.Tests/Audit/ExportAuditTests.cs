using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Audit;

public sealed class ExportAuditTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly DateTimeOffset Day = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task All_that_the_filter_finds_is_exported_in_both_forms_and_each_export_is_in_the_audit()
    {
        var history = new AuditHistory(cloud);
        var stored = Enumerable.Range(0, 1_203).Select(number => history.Entry($"user-{number % 3}", Day.AddSeconds(number))).ToArray();
        await history.StoreAsync([.. stored, history.Entry("other", Day, action: AuditActions.ClaimRenewed)]);
        var newestFirst = stored.Select(entry => entry.Id).OrderDescending(StringComparer.Ordinal).ToArray();

        var csv = await history.AskAsync("audit/export?action=device.removed");
        var lines = csv.Text.TrimStart('\uFEFF').Split("\r\n")[..^1];
        Assert.Equal("text/csv", csv.ContentType);
        Assert.StartsWith("at,actorKind,actorName,", lines[0], StringComparison.Ordinal);
        Assert.Equal(newestFirst, lines.Skip(1).Select(line => line.Split(',')[^1]));

        foreach (var answer in new[] { await history.AskAsync("audit/export?action=device.removed&format=jsonl"), await AcceptAsync(history, "application/jsonl") })
        {
            Assert.Equal("application/jsonl", answer.ContentType);
            Assert.Equal(newestFirst, answer.Text.Split('\n')[..^1].Select(line => JsonElement.Parse(line).GetProperty("entryId").GetString()));
        }

        var exports = await history.ReadAsync($"action={AuditActions.AuditExported}");
        Assert.Equal(3, exports.Count);
        Assert.All(exports, export => Assert.Equal(("ada", "1203", "device.removed"), (export.ActorId, export.After!["count"], export.After["action"])));
        Assert.Equal(["jsonl", "jsonl", "csv"], exports.Select(export => export.After!["format"]));
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\u202E=1", "'=1")]
    [InlineData("a\r\n=b", "a =b")]
    public async Task Nothing_in_a_cell_is_a_formula_or_another_line(string hostile, string cell)
    {
        var history = new AuditHistory(cloud);
        await history.StoreAsync([history.Entry("maria", Day, new AuditActor("administrator", "alice", hostile, Agent: hostile)) with { Reason = hostile }]);

        var lines = (await history.AskAsync("audit/export")).Text.Split("\r\n");

        Assert.Equal(3, lines.Length);
        Assert.Equal(3, lines[1].Split(cell).Length - 1);
    }

    [Fact]
    public async Task I9_Another_tenant_exports_nothing_of_ours()
    {
        var (ours, theirs) = (new AuditHistory(cloud), new AuditHistory(cloud));
        await ours.StoreAsync([ours.Entry("maria", Day)]);

        Assert.Equal(2, (await theirs.AskAsync("audit/export?userId=maria")).Text.Split("\r\n").Length);
        Assert.Equal("", (await theirs.AskAsync("audit/export?format=jsonl&userId=maria")).Text);
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_told_at_the_end()
    {
        var history = new AuditHistory(cloud);
        var damaged = history.Entry("maria", Day);
        await history.StoreAsync([damaged, history.Entry("maria", Day.AddSeconds(1))]);
        await cloud.Test.PatchAsync(new TestUser(history.Tenant, "maria", [], []), damaged.Id, PatchOperation.Set("/targets", "none"));

        Assert.StartsWith("Not complete: 1 entries", (await history.AskAsync("audit/export")).Text.Split("\r\n")[2], StringComparison.Ordinal);
        Assert.EndsWith("{\"unreadable\":1}\n", (await history.AskAsync("audit/export?format=jsonl&userId=maria")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_audited_is_not_exported_and_an_export_that_breaks_has_no_proper_end()
    {
        var history = new AuditHistory(cloud);
        await history.StoreAsync(Enumerable.Range(0, 1_001).Select(number => history.Entry("maria", Day.AddSeconds(number))));
        foreach (var status in (int[])[503, 409])
        {
            using var unwritten = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = history.Tenant, Status = status });
            (await history.AskAsync("audit/export")).Problem(503, ProblemCodes.Unavailable);
        }

        var queries = 0;
        IDisposable? fault = null;
        cloud.Test.Traffic.Hook = (seen, stage) =>
        {
            if (stage == FaultStage.After && seen is { StandIn: "cosmos", Operation: "query" } && ++queries == 2)
            {
                fault = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 500 });
            }

            return Task.CompletedTask;
        };
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => history.AskAsync("audit/export?userId=maria"));
        }
        finally
        {
            cloud.Test.Traffic.Hook = null;
            fault?.Dispose();
        }
    }

    private Task<RawAnswer> AcceptAsync(AuditHistory history, string accept) => cloud.Api.SendAsync(
        history.Auditor, HttpMethod.Get, "audit/export?action=device.removed", null, [("Accept", accept)]);
}
