using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Overviews;

public sealed class ExportSignInsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task All_that_the_filter_finds_is_exported_with_its_users_and_the_export_is_in_the_audit()
    {
        var history = new TenantHistory(cloud);
        var stored = Enumerable.Range(0, 450).Select(number => history.SignIn($"user-{number % 3}", TimeSpan.FromMinutes(number))).ToArray();
        await history.StoreAsync([history.User("user-0", "=1+1"), history.User("user-1"), .. stored]);
        await history.StoreAsync(history.SignIn("user-1") with { Status = AuthenticationRequestStatus.Expired });

        var lines = await ExportAsync(history, "status=accepted&days=90");

        Assert.StartsWith("userId,userName,issuedAt,application,", lines[0], StringComparison.Ordinal);
        Assert.Equal(stored.Select(request => request.RequestId), lines.Skip(1).Select(line => line.Split(',')[^1]));
        Assert.StartsWith("user-0,'=1+1 Lopez,", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("user-1,Maria Lopez,", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("user-2,,", lines[3], StringComparison.Ordinal);
        var entry = Assert.Single(await AuditAsync(history));
        Assert.Equal(new Dictionary<string, string?> { ["days"] = "90", ["status"] = "accepted" }, entry.After);
    }

    [Fact]
    public async Task I9_Another_tenant_exports_nothing_and_what_cannot_be_read_is_counted_in_a_last_row()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        var damaged = ours.SignIn("maria");
        await ours.StoreAsync(damaged, ours.SignIn("maria", TimeSpan.FromMinutes(1)));
        await cloud.Test.PatchAsync(
            new TestUser(ours.Tenant, "maria", [], []), damaged.Id, Microsoft.Azure.Cosmos.PatchOperation.Set("/status", "unheard-of"));

        Assert.Single(await ExportAsync(theirs, ""));
        var lines = await ExportAsync(ours, "");
        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"{AuthenticationRequestExport.Cut} 1 ", lines[^1], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length, lines[^1].Split(',').Length);
    }

    [Fact]
    public async Task What_cannot_be_audited_is_not_exported_and_an_export_that_breaks_has_no_proper_end()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(Enumerable.Range(0, 450).Select(number => history.SignIn("maria", TimeSpan.FromMinutes(number))));
        foreach (var status in (int[])[503, 409])
        {
            using var unwritten = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = history.Tenant, Status = status });
            (await history.AskAsync("sign-ins.csv")).Problem(503, ProblemCodes.Unavailable);
        }

        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 503 }))
        {
            (await history.AskAsync("sign-ins.csv")).Problem(503, ProblemCodes.Unavailable);
        }

        var queries = 0;
        IDisposable? fault = null;
        cloud.Test.Traffic.Hook = (seen, stage) =>
        {
            // The first page and its names are read before anything is sent.
            if (stage == FaultStage.After && seen is { StandIn: "cosmos", Operation: "query" } && ++queries == 2)
            {
                fault = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 500 });
            }

            return Task.CompletedTask;
        };
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => history.AskAsync("sign-ins.csv"));
        }
        finally
        {
            cloud.Test.Traffic.Hook = null;
            fault?.Dispose();
        }
    }

    private static async Task<string[]> ExportAsync(TenantHistory history, string query)
    {
        var answer = await history.AskAsync($"sign-ins.csv?{query}");
        Assert.Equal((200, "text/csv"), (answer.Status, answer.ContentType));
        Assert.EndsWith("\r\n", answer.Text, StringComparison.Ordinal);
        return answer.Text[..^2].Split("\r\n");
    }

    private async Task<IReadOnlyList<AuditDocument>> AuditAsync(TenantHistory history) =>
        [.. (await cloud.Test.AuditAsync(new TestUser(history.Tenant, "~audit", [], []))).Where(entry => entry.Action == AuditActions.SignInsExported)];
}
