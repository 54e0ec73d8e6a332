using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.AuditChain;

public sealed class ExportAuditEvidenceTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task I12_Blocks_entries_and_roots_of_a_time_are_exported_up_to_the_next_root_and_can_be_checked()
    {
        var test = new ChainTest(cloud);
        var entries = await test.WriteAsync(3);
        await SealAsync(test);
        var from = cloud.Test.Time.GetUtcNow();
        entries = [.. entries, .. await test.WriteAsync(205)];
        await SealAsync(test);
        var to = cloud.Test.Time.GetUtcNow();
        entries = [.. entries, .. await test.WriteAsync(2)];
        await SealAsync(test);
        Assert.True(await test.SignAsync());
        entries = [.. entries, .. await test.WriteAsync(2)];
        await SealAsync(test);

        // Block 1 is older, 2 and 3 are of this time, 4 has the root, 5 is later.
        var lines = await LinesAsync(test, $"?from={At(from)}&to={At(to)}");

        Assert.Equal((test.Tenant, 2, 4), (lines[0].GetProperty("tenant").GetString(), lines[0].GetProperty("first").GetInt32(), lines[0].GetProperty("last").GetInt32()));
        Assert.Equal([2, 3, 4], Of(lines, "block").Select(line => line.GetProperty("block").GetProperty("number").GetInt32()));
        string? previous = null;
        foreach (var block in Of(lines, "block").Select(line => line.GetProperty("block")))
        {
            Assert.Equal(block.GetProperty("hash").GetString(), AuditHashes.OfBlock(block));
            Assert.True(previous is null || previous == block.GetProperty("previous").GetString());
            previous = block.GetProperty("hash").GetString();
            Assert.Equal(
                block.GetProperty("entries").EnumerateArray().Select(entry => (entry.GetProperty("id").GetString(), entry.GetProperty("hash").GetString())),
                Of(lines, "entry").Where(line => line.GetProperty("block").GetInt64() == block.GetProperty("number").GetInt64())
                    .Select(line => (line.GetProperty("entry").GetProperty("id").GetString(), (string?)AuditHashes.OfEntry(line.GetProperty("entry")))));
        }

        Assert.Equal(entries.Skip(3).Take(207).Select(entry => entry.Id), Of(lines, "entry").Select(line => line.GetProperty("entry").GetProperty("id").GetString()));
        Assert.Single(Of(lines, "root"));
        var end = lines[^1];
        Assert.Equal((3, 207, 1), (end.GetProperty("blocks").GetInt32(), end.GetProperty("entries").GetInt32(), end.GetProperty("roots").GetInt32()));
        Assert.DoesNotContain("_etag", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.Equal("2 to 4", Assert.Single(await test.History.ReadAsync($"action={AuditActions.AuditExported}")).After!["blocks"]);
    }

    [Fact]
    public async Task I9_There_is_no_chain_but_that_of_the_own_tenant()
    {
        var (ours, theirs) = (new ChainTest(cloud), new ChainTest(cloud));
        await ours.WriteAsync(2);
        await SealAsync(ours);

        Assert.Equal(["evidence", "end"], (await LinesAsync(theirs, "")).Select(line => line.GetProperty("kind").GetString()));
        var reader = cloud.Issuer.Token(new TokenClaims { Tenant = ours.Tenant, Roles = ["Users.Read"] });
        (await cloud.Api.SendAsync(reader, HttpMethod.Get, "audit/evidence")).Problem(403, ProblemCodes.Forbidden);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(409)]
    public async Task What_cannot_be_audited_is_not_exported(int status)
    {
        var test = new ChainTest(cloud);
        await test.WriteAsync(2);
        await SealAsync(test);
        using var fault = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = test.Tenant, Status = status });

        (await test.History.AskAsync("audit/evidence")).Problem(503, ProblemCodes.Unavailable);
    }

    private async Task SealAsync(ChainTest test)
    {
        Assert.True(await test.SealAsync());
        Assert.True(await test.SealAsync());
        cloud.Test.Time.Advance(TimeSpan.FromSeconds(2));
    }

    private static async Task<JsonElement[]> LinesAsync(ChainTest test, string query)
    {
        var answer = await test.History.AskAsync($"audit/evidence{query}");
        Assert.True(answer.Status == 200, answer.Text);
        Assert.Equal("application/jsonl", answer.ContentType);
        return [.. answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    private static IEnumerable<JsonElement> Of(JsonElement[] lines, string kind) => lines.Where(line => line.GetProperty("kind").GetString() == kind);

    private static string At(DateTimeOffset at) => $"{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}";
}
