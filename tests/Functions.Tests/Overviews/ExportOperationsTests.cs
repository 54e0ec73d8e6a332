using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Overviews;

public sealed class ExportOperationsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task All_that_the_filter_finds_is_exported_with_its_users_and_the_export_is_in_the_audit()
    {
        var history = new TenantHistory(cloud);
        var stored = Enumerable.Range(0, 450)
            .Select(number => history.Operation(number % 3 == 2 ? "~imports" : $"user-{number % 3}", OperationStatus.Failed, TimeSpan.FromMinutes(number)) with { Reason = "@SUM(1)" })
            .ToArray();
        await history.StoreAsync([history.User("user-0", "=1+1"), .. stored, history.Operation("user-0")]);

        var lines = await ExportAsync(history, "status=failed&kind=removeDevice&stalled=false");

        Assert.StartsWith("userId,userName,kind,status,stalled,requestedAt,requestedBy,reason,", lines[0], StringComparison.Ordinal);
        Assert.Equal(stored.Select(operation => operation.OperationId), lines.Skip(1).Select(line => line.Split(',')[^1]));
        Assert.StartsWith("user-0,'=1+1 Lopez,removeDevice,failed,false,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",Alice Adams,'@SUM(1),1,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",deleteDevices,A document cannot be read.,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("user-1,,removeDevice,", lines[2], StringComparison.Ordinal);
        Assert.StartsWith(",,removeDevice,", lines[3], StringComparison.Ordinal);
        var entry = Assert.Single(await AuditAsync(history));
        Assert.Equal(("ada", AuditActions.OperationsExported), (entry.Actor.Id, entry.Action));
        Assert.Equal(new Dictionary<string, string?> { ["status"] = "failed", ["stalled"] = "false", ["kind"] = "removeDevice" }, entry.After);
    }

    [Fact]
    public async Task I9_Another_tenant_exports_nothing_and_what_cannot_be_read_is_counted_in_a_last_row()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        var damaged = ours.Operation("maria");
        await ours.StoreAsync(damaged, ours.Operation("maria", ago: TimeSpan.FromMinutes(1)));
        await cloud.Test.PatchAsync(new TestUser(ours.Tenant, "maria", [], []), damaged.Id, PatchOperation.Set("/status", "unheard-of"));

        Assert.Single(await ExportAsync(theirs, ""));
        var lines = await ExportAsync(ours, "");
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("Not complete: 1 ", lines[^1], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length, lines[^1].Split(',').Length);
    }

    [Theory]
    [InlineData("status=done", "status")]
    [InlineData("kind=nothing", "kind")]
    [InlineData("from=2026-11-25T12:00:00Z&to=2026-11-25T12:00:00Z", "from")]
    public async Task What_cannot_be_asked_for_is_named_and_not_in_the_audit(string query, string field)
    {
        var history = new TenantHistory(cloud);

        var answer = await history.AskAsync($"operations.csv?{query}");

        Assert.Contains(field, answer.Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").GetRawText(), StringComparison.Ordinal);
        Assert.Empty(await AuditAsync(history));
    }

    [Fact]
    public async Task What_cannot_be_audited_is_not_exported_and_an_export_that_breaks_has_no_proper_end()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(Enumerable.Range(0, 450).Select(number => history.Operation("maria", ago: TimeSpan.FromMinutes(number))));
        foreach (var fault in new[]
        {
            new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = history.Tenant, Status = 503 },
            new FaultRule { StandIn = "cosmos", Operation = "query", Status = 503 },
        })
        {
            using (cloud.Test.Traffic.Add(fault))
            {
                (await history.AskAsync("operations.csv")).Problem(503, ProblemCodes.Unavailable);
            }
        }

        var queries = 0;
        IDisposable? cut = null;
        cloud.Test.Traffic.Hook = (seen, stage) =>
        {
            // The first page and its names are read before anything is sent.
            if (stage == FaultStage.After && seen is { StandIn: "cosmos", Operation: "query" } && ++queries == 2)
            {
                cut = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 500 });
            }

            return Task.CompletedTask;
        };
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => history.AskAsync("operations.csv"));
        }
        finally
        {
            cloud.Test.Traffic.Hook = null;
            cut?.Dispose();
        }
    }

    private static async Task<string[]> ExportAsync(TenantHistory history, string query)
    {
        var answer = await history.AskAsync($"operations.csv?{query}");
        Assert.Equal((200, "text/csv"), (answer.Status, answer.ContentType));
        Assert.EndsWith("\r\n", answer.Text, StringComparison.Ordinal);
        return answer.Text[..^2].Split("\r\n");
    }

    private async Task<IReadOnlyList<AuditDocument>> AuditAsync(TenantHistory history) =>
        await cloud.Test.AuditAsync(new TestUser(history.Tenant, "~audit", [], []));
}
