using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.UserImports;

public sealed class ImportTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task A_file_is_checked_then_imported_each_row_once_and_the_result_says_what_became_of_it()
    {
        var (known, name) = ($"{Unique("known")}@example.com", Unique("row"));
        await cloud.InvitedAsync(known);
        var check = await CheckAsync($"Vorname;Nachname;E-Mail;Abteilung\r\n=1+1;Byron;{name}.0@example.com;IT\r\nAda;Byron;{known};\r\nAda;;x;\r\n{Rows(name, 1, 250)}");

        Assert.Equal(201, check.Status);
        var import = check.Json;
        Assert.Equal((253, 252), (import.GetProperty("rows").GetInt32(), import.GetProperty("valid").GetInt32()));
        Assert.Equal("familyName", import.GetProperty("faults")[0].GetProperty("field").GetString());
        Assert.Equal(4, import.GetProperty("faults")[0].GetProperty("line").GetInt32());
        Assert.Equal(0, await CountAsync(name));

        var id = import.GetProperty("importId").GetString()!;
        Assert.Equal(202, (await StartAsync(id)).Status);
        Assert.InRange((await StartAsync(id)).Status, 200, 202);
        var ended = await EndedAsync(id);

        Assert.Equal((251, 1), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
        Assert.Equal(251, await CountAsync(name));
        Assert.Equal(200, (await StartAsync(id)).Status);
        var lines = (await ResultAsync(id)).Split("\r\n");
        Assert.StartsWith("line,givenName", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"2,'=1+1,Byron,{name}.0@example.com,,,,created,,", lines[1], StringComparison.Ordinal);
        Assert.Contains("skipped,email: another user has this address", lines[2], StringComparison.Ordinal);
        Assert.Contains("invalid,familyName:", lines[3], StringComparison.Ordinal);
        Assert.Equal(255, lines.Length);
    }

    [Fact]
    public async Task The_export_of_a_result_is_in_the_audit_or_there_is_none()
    {
        var id = (await CheckAsync($"givenName,familyName,email\r\nAda,Byron,{Unique("ada")}@example.com\r\n")).Json.GetProperty("importId").GetString()!;
        foreach (var status in (int[])[503, 409])
        {
            using var fault = cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = "~imports", Status = status });
            (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}/result.csv")).Problem(503, ProblemCodes.Unavailable);
        }

        Assert.StartsWith("line,givenName", (await ResultAsync(id)).TrimStart('\uFEFF'), StringComparison.Ordinal);

        var entry = Assert.Single(
            await cloud.Test.AuditAsync(new TestUser(TestCloud.Tenant, "~imports", [], [])), entry => entry.Targets.Contains(id, StringComparer.Ordinal));
        Assert.Equal(AuditActions.ImportExported, entry.Action);
    }

    [Fact]
    public async Task Each_row_is_imported_once_when_answers_of_the_database_are_lost_before_and_after()
    {
        var name = Unique("lost");
        var check = await CheckAsync($"givenName;familyName;email;x\r\n{Rows(name, 0, 230)}");
        var id = check.Json.GetProperty("importId").GetString()!;
        var rules = new[] { (FaultStage.Before, "~names"), (FaultStage.After, "~names"), (FaultStage.Before, "~imports"), (FaultStage.After, "~imports") }
            .Select(fault => cloud.Test.Traffic.Add(new FaultRule
            {
                StandIn = "cosmos",
                Operation = "batch",
                Caller = "BlokSec.Functions",
                Contains = fault.Item2,
                Status = 503,
                Stage = fault.Item1,
                Times = 2,
            }))
            .ToList();

        var started = await StartAsync(id);
        if (started.Status >= 500)
        {
            await cloud.Test.UntilAsync(async () => (await StartAsync(id)).Status < 300 ? "" : null, "the import is started");
        }

        var ended = await EndedAsync(id);
        rules.ForEach(rule => rule.Dispose());

        Assert.Equal((230, 0), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
        Assert.Equal(230, await CountAsync(name));
    }

    [Fact]
    public async Task The_same_key_is_the_same_file()
    {
        var text = $"givenName,familyName,email\r\nAda,Byron,{Unique("ada")}@example.com\r\n";
        var first = await CheckAsync(text, key: "the-key");
        var again = await CheckAsync(text, key: "the-key");

        Assert.Equal((201, 200), (first.Status, again.Status));
        Assert.Equal(first.Json.GetProperty("importId").GetString(), again.Json.GetProperty("importId").GetString());
    }

    [Fact]
    public async Task I9_Another_tenants_import_does_not_exist_and_a_reader_sees_none()
    {
        var id = (await CheckAsync($"givenName,familyName,email\r\nAda,Byron,{Unique("ada")}@example.com\r\n")).Json.GetProperty("importId").GetString();
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, $"imports/{id}"), (HttpMethod.Post, $"imports/{id}/start"), (HttpMethod.Get, $"imports/{id}/result.csv")])
        {
            (await cloud.Api.SendAsync(cloud.Neighbour, method, path)).Problem(404, ProblemCodes.NotFound);
            (await cloud.Api.SendAsync(cloud.Reader, method, path)).Problem(403, ProblemCodes.Forbidden);
        }

        Assert.DoesNotContain(id!, (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, "imports")).Text, StringComparison.Ordinal);
        Assert.Contains(id!, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, "imports")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_file_of_people_is_refused_and_nothing_is_kept()
    {
        (await CheckAsync("hello")).Problem(400, ProblemCodes.InvalidRequest);
        (await CheckAsync(new string('x', ImportLimits.MaxBytes + 1))).Problem(413, ProblemCodes.PayloadTooLarge);
        (await CheckAsync($"givenName,familyName,email\r\n{string.Concat(Enumerable.Range(0, ImportLimits.MaxRows + 1).Select(row => $"A,B,{row}@example.com\r\n"))}"))
            .Problem(400, ProblemCodes.InvalidRequest);
        var empty = await CheckAsync("givenName,familyName,email\r\n,,x\r\n");
        (await StartAsync(empty.Json.GetProperty("importId").GetString()!)).Problem(409, ProblemCodes.Conflict);
    }

    private static string Rows(string name, int first, int count) =>
        string.Concat(Enumerable.Range(first, count).Select(row => $"Ada;Byron;{name}.{row}@example.com;\r\n"));

    private Task<RawAnswer> CheckAsync(string text, string? key = null) => cloud.Api.SendAsync(
        HttpMethod.Post,
        "imports",
        Encoding.UTF8.GetBytes(text),
        "text/csv",
        [("Authorization", $"Bearer {cloud.Admin}"), .. key is null ? Array.Empty<(string, string)>() : [("Idempotency-Key", key)]]);

    private Task<RawAnswer> StartAsync(string id) => cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"imports/{id}/start");

    private async Task<string> ResultAsync(string id) => (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}/result.csv")).Text;

    private async Task<JsonElement> EndedAsync(string id) => (await cloud.Test.UntilAsync(
        async () => await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}") is { Status: 200 } answer
            && answer.Json.GetProperty("operation").GetProperty("status").GetString() == "succeeded" ? answer : null,
        "the import succeeded")).Json;

    private async Task<int> CountAsync(string name)
    {
        var (count, continuation) = (0, "");
        do
        {
            var page = await cloud.Api.SendAsync(
                cloud.Admin, HttpMethod.Get, $"users?pageSize=200&search={Uri.EscapeDataString(name)}{(continuation.Length > 0 ? $"&continuation={Uri.EscapeDataString(continuation)}" : "")}");
            count += page.Json.GetProperty("users").GetArrayLength();
            continuation = page.Json.TryGetProperty("continuation", out var next) ? next.GetString() ?? "" : "";
        }
        while (continuation.Length > 0);
        return count;
    }
}
