using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Users;

/// <summary>The lists of users and devices as files.</summary>
public sealed class ExportListsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly FaultRule Outage = new() { StandIn = "cosmos", Operation = "query", Status = 500 };

    private static readonly FaultRule Refusal = Outage with { Status = 400, Body = """{"code":"BadRequest","message":"Invalid Continuation Token"}""" };

    [Fact]
    public async Task All_that_the_filter_finds_is_exported_over_pages_and_each_export_is_in_the_audit()
    {
        var tenant = new StoredTenant(cloud);
        await Parallel.ForEachAsync(Enumerable.Range(0, 602), TestContext.Current.CancellationToken, async (number, _) =>
        {
            var userId = $"user-{number:d3}";
            await tenant.StoreAsync(userId, tenant.User(userId), tenant.Device(userId, $"{userId}-phone", number < 600 ? 100 : 0));
        });

        foreach (var (path, count) in new[]
        {
            ("users.csv?sort=name", 602), ("users.csv?unusedDays=90", 600), ("users.csv?unusedDays=90&sort=lastActive", 600), ("devices.csv?unusedDays=90", 600),
        })
        {
            var answer = await tenant.AskAsync(path);
            var lines = answer.Text.TrimStart('\uFEFF').Split("\r\n")[..^1];
            Assert.Equal("text/csv", answer.ContentType);
            Assert.StartsWith("userId,givenName,familyName,", lines[0], StringComparison.Ordinal);
            Assert.Equal(
                Enumerable.Range(0, count).Select(number => $"user-{number:d3}"), lines.Skip(1).Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
        }

        var audit = await tenant.AskAsync<AuditEntryList>("audit");
        Assert.Equal(
            [AuditActions.DevicesExported, AuditActions.UsersExported, AuditActions.UsersExported, AuditActions.UsersExported],
            audit.Entries.Select(entry => entry.Action));
        Assert.All(audit.Entries, entry => Assert.Equal("rob", entry.ActorId));
        Assert.Equal(["90", "90", "90", null], audit.Entries.Select(entry => entry.After?.GetValueOrDefault("unusedDays")));
        foreach (var (path, queriesOfFirst) in new[] { ("users.csv", 1), ("users.csv?unusedDays=90", 2), ("devices.csv", 2) })
        {
            await BreakAfterAsync(queriesOfFirst, Outage, () => Assert.ThrowsAnyAsync<Exception>(() => tenant.AskAsync(path)));
        }
    }

    [Fact]
    public async Task An_export_whose_continuation_is_refused_has_no_proper_end()
    {
        var tenant = await TwoPagesAsync();

        foreach (var (path, queriesOfFirst) in new[] { ("users.csv", 1), ("devices.csv", 2) })
        {
            await BreakAfterAsync(queriesOfFirst, Refusal, () => Assert.ThrowsAnyAsync<Exception>(() => tenant.AskAsync(path)));
        }
    }

    [Fact]
    public async Task A_phone_that_becomes_active_meanwhile_neither_hides_a_row_nor_doubles_it()
    {
        var tenant = await TwoPagesAsync();
        foreach (var (index, path) in new[] { "users.csv?sort=lastActive", "users.csv?sort=lastActive&direction=desc", "devices.csv", "devices.csv?direction=desc" }.Index())
        {
            RawAnswer? answer = null;
            var oldest = UserOf(500 - index);
            await AfterAsync(
                1,
                () => cloud.Test.PatchAsync(
                    new TestUser(tenant.Tenant, oldest, [], []), DeviceDocument.IdOf($"{oldest}-phone"), PatchOperation.Set("/lastActiveAt", tenant.Now)),
                async () => answer = await tenant.AskAsync(path));

            Assert.Equal(
                Enumerable.Range(0, 501).Select(UserOf), answer!.Text.Split("\r\n")[1..^1].Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("-1+1", "'-1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    public async Task Nothing_in_a_cell_is_a_formula(string hostile, string cell)
    {
        var tenant = new StoredTenant(cloud);
        await tenant.StoreAsync(
            "maria",
            tenant.User("maria", hostile),
            tenant.Device("maria", "phone") with { Name = hostile, Model = hostile, OsVersion = hostile, AppVersion = hostile, PushReason = hostile });

        Assert.Equal(1, Cells(await tenant.AskAsync("users.csv")));
        Assert.Equal(6, Cells(await tenant.AskAsync("devices.csv")));

        int Cells(RawAnswer answer) => answer.Text.Split("\r\n")[1].Split(cell).Length - 1;
    }

    /// <summary>White space before a formula is left out of what is shown to people, and kept behind an apostrophe elsewhere.</summary>
    [Theory]
    [InlineData("\t=1+1")]
    [InlineData("\r=1+1")]
    [InlineData("\t\r@SUM(1)")]
    [InlineData("\t\uFF1D1+1")]
    public async Task Nothing_in_a_cell_becomes_a_formula_behind_white_space(string hostile)
    {
        var tenant = new StoredTenant(cloud);
        await tenant.StoreAsync(
            "maria",
            tenant.User("maria", hostile),
            tenant.Device("maria", "phone") with { Name = hostile, Model = hostile, OsVersion = hostile, AppVersion = hostile, PushReason = hostile });

        foreach (var (path, count) in new[] { ("users.csv", 1), ("devices.csv", 6) })
        {
            var line = (await tenant.AskAsync(path)).Text.Split("\r\n")[1];
            var formula = hostile.Trim();
            Assert.Equal(count, line.Split(formula).Length - 1);
            Assert.Equal(count, line.Split($"\"'{hostile}\"").Length - 1 + (line.Split($",'{formula}").Length - 1));
        }
    }

    [Theory]
    [InlineData("users.csv")]
    [InlineData("devices.csv")]
    public async Task What_cannot_be_audited_is_not_exported_and_what_cannot_be_read_is_an_outage(string path)
    {
        var tenant = new StoredTenant(cloud);
        await tenant.StoreAsync("maria", tenant.User("maria"), tenant.Device("maria", "phone"));
        foreach (var status in (int[])[503, 409])
        {
            using var unwritten = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = tenant.Tenant, Status = status });
            (await tenant.AskAsync(path)).Problem(503, ProblemCodes.Unavailable);
        }

        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Status = 503 }))
        {
            (await tenant.AskAsync(path)).Problem(503, ProblemCodes.Unavailable);
        }
    }

    [Theory]
    [InlineData("users.csv")]
    [InlineData("users.csv?sort=lastActive")]
    [InlineData("users.csv?unusedDays=1")]
    [InlineData("users.csv?search=person")]
    [InlineData("devices.csv")]
    public async Task I9_An_export_holds_nobody_of_another_tenant(string path)
    {
        // A user of each has the same id, and another one has an id of their own.
        var (ours, theirs) = (new StoredTenant(cloud), new StoredTenant(cloud));
        foreach (var (tenant, own) in new[] { (ours, "maria"), (theirs, "felix") })
        {
            foreach (var userId in new[] { "same", own })
            {
                await tenant.StoreAsync(
                    userId, tenant.User(userId, $"Person of {own}"), tenant.Device(userId, $"{userId}-{own}", 10) with { Name = $"Phone of {own}" });
            }
        }

        foreach (var (tenant, own, other) in new[] { (ours, "maria", "felix"), (theirs, "felix", "maria") })
        {
            var answer = await tenant.AskAsync(path);
            Assert.Equal(200, answer.Status);
            Assert.Equal([own, "same"], answer.Text.Split("\r\n")[1..^1].Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal));
            Assert.DoesNotContain(other, answer.Text, StringComparison.Ordinal);
        }
    }

    private static string UserOf(int number) => $"user-{number:d3}";

    /// <summary>A user and a device more than a page of an export has; the higher the number, the longer ago the device was active.</summary>
    private async Task<StoredTenant> TwoPagesAsync()
    {
        var tenant = new StoredTenant(cloud);
        await Parallel.ForEachAsync(Enumerable.Range(0, 501), TestContext.Current.CancellationToken, async (number, _) =>
        {
            var userId = UserOf(number);
            await tenant.StoreAsync(userId, tenant.User(userId), tenant.Device(userId, $"{userId}-phone", number));
        });
        return tenant;
    }

    private async Task BreakAfterAsync(int queries, FaultRule rule, Func<Task> act)
    {
        IDisposable? fault = null;
        try
        {
            await AfterAsync(
                queries,
                () =>
                {
                    fault = cloud.Test.Traffic.Add(rule);
                    return Task.CompletedTask;
                },
                act);
        }
        finally
        {
            fault?.Dispose();
        }
    }

    /// <summary>Acts, and does something else once so many queries were carried out.</summary>
    private async Task AfterAsync(int queries, Func<Task> meanwhile, Func<Task> act)
    {
        var seen = 0;
        cloud.Test.Traffic.Hook = (request, stage) =>
            stage == FaultStage.After && request is { StandIn: "cosmos", Operation: "query" } && ++seen == queries ? meanwhile() : Task.CompletedTask;
        try
        {
            await act();
        }
        finally
        {
            cloud.Test.Traffic.Hook = null;
        }
    }
}
