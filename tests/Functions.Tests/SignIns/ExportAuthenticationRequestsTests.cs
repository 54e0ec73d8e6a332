using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.SignIns;

public sealed class ExportAuthenticationRequestsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Fact]
    public async Task All_that_the_filter_finds_is_exported_newest_first()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        var stored = Enumerable.Range(0, 1_203).Select(minutes => Test.Request(user, TimeSpan.FromMinutes(minutes))).ToArray();
        await Test.CreateAsync(user, stored);
        await Test.CreateAsync(user, [Test.Request(user, TimeSpan.Zero) with { Status = AuthenticationRequestStatus.Denied, Reason = DenialReason.NotMe }]);

        var (lines, type) = await ExportAsync(user, "status=accepted");

        Assert.Equal(("text/csv", "utf-8"), (type?.MediaType, type?.CharSet));
        Assert.StartsWith("issuedAt,application,account,method,status,reason,", lines[0], StringComparison.Ordinal);
        Assert.Equal(stored.Select(request => request.RequestId), lines.Skip(1).Select(line => line.Split(',')[^1]));
        Assert.StartsWith($"{stored[0].IssuedAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'},Payroll,{user.UserId},Push,accepted,,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",Push,denied,notMe,", Assert.Single((await ExportAsync(user, "status=denied")).Lines.Skip(1)), StringComparison.Ordinal);
        Assert.Single((await ExportAsync(user, "method=Passcode")).Lines);
    }

    [Fact]
    public async Task An_export_is_in_the_audit_of_the_user_with_its_filter_or_there_is_none()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(user, [Test.Request(user, TimeSpan.Zero)]);
        foreach (var status in (int[])[503, 409])
        {
            using var fault = Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = user.UserId, Status = status });
            var refused = await Test.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}/authentication-requests.csv");
            Assert.Equal((503, ProblemCodes.Unavailable), (refused.Status, refused.Code));
        }

        await ExportAsync(user, "status=accepted");

        var entry = Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.SignInsExported);
        Assert.Equal(new Dictionary<string, string?> { ["status"] = "accepted" }, entry.After);
    }

    [Fact]
    public async Task An_export_that_is_cut_says_so_in_its_last_row()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(user, Enumerable.Range(0, AuthenticationRequestExport.MaxRows + 1).Select(seconds => Test.Request(user, TimeSpan.FromSeconds(seconds))));

        var (lines, _) = await ExportAsync(user, "");

        Assert.Equal(AuthenticationRequestExport.MaxRows + 2, lines.Length);
        Assert.StartsWith(AuthenticationRequestExport.Cut, lines[^1], StringComparison.Ordinal);
        Assert.Equal(lines[0].Split(',').Length, lines[^1].Split(',').Length);
    }

    [Theory]
    [InlineData("=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\"")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(1)", "'@SUM(1)")]
    [InlineData("\t=1", "'=1")]
    [InlineData("\u202E=1", "'=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\r\n=b", "a =b")]
    [InlineData("a;=b", "\"a;=b\"")]
    public async Task Nothing_in_a_cell_is_a_formula_or_another_cell(string hostile, string cell)
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(user, [Test.Request(user, TimeSpan.Zero) with { ApplicationName = hostile, UserAgent = hostile, City = hostile }]);

        var (lines, _) = await ExportAsync(user, "");

        Assert.Equal(2, lines.Length);
        Assert.Equal(3, lines[1].Split($",{cell},").Length - 1);
    }

    [Fact]
    public async Task What_cannot_be_read_is_counted_in_a_last_row()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        var damaged = Test.Request(user, TimeSpan.Zero);
        await Test.CreateAsync(user, [damaged, Test.Request(user, TimeSpan.FromHours(1))]);
        await Test.PatchAsync(user, damaged.Id, PatchOperation.Set("/status", "unheard-of"));

        var (lines, _) = await ExportAsync(user, "");

        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"{AuthenticationRequestExport.Cut} 1 ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_Whoever_is_of_another_tenant_or_unknown_exports_nothing()
    {
        var user = await Test.NewUserWithoutSignInsAsync();
        await Test.CreateAsync(user, [Test.Request(user, TimeSpan.Zero)]);

        foreach (var (administrator, userId) in new[] { (TestCloud.Neighbour, user.UserId), (TestCloud.Alice, "nobody") })
        {
            var answer = await Test.Admin(administrator).AskAsync($"users/{userId}/authentication-requests.csv");
            Assert.Equal((404, ProblemCodes.NotFound), (answer.Status, answer.Code));
        }

        var refused = await Test.Admin().AskAsync($"users/{user.UserId}/authentication-requests.csv?from=2026-11-25");
        Assert.Equal((400, ProblemCodes.InvalidRequest), (refused.Status, refused.Code));
    }

    private async Task<(string[] Lines, System.Net.Http.Headers.MediaTypeHeaderValue? Type)> ExportAsync(TestUser user, string query)
    {
        using var answer = await Test.Admin(TestCloud.Reader).Http.GetAsync(
            new Uri($"users/{user.UserId}/authentication-requests.csv?{query}", UriKind.Relative), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.EndsWith("\r\n", text, StringComparison.Ordinal);
        return (text[..^2].Split("\r\n"), answer.Content.Headers.ContentType);
    }
}
