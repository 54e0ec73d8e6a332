using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Imports;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Scim;
using BlokSec.Local.Faults;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.UserImports;

/// <summary>What the check of a file says of people who are in the tenant already.</summary>
public sealed class ImportComparisonTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private const string Header = "givenName,familyName,email,externalId,userName\r\n";

    private const string Skipped = "is in this tenant already";

    [Theory]
    [InlineData("{0}@Example.COM")]
    [InlineData("{0}@ｅxample.com")]
    public async Task An_address_is_found_however_it_is_written(string again)
    {
        var name = Unique("zoë");
        await cloud.InvitedAsync($"{name}@example.com");
        var written = string.Format(null, again, name.ToUpperInvariant().Normalize(NormalizationForm.FormD));

        var found = await ComparedAsync($"{Header}Ada,Byron,{Unique("new")}@example.com,,\r\nZoë,Byron,{written},,\r\n");

        Assert.Equal((1, 0, null), Numbers(found));
        Assert.Equal([(3, "email", Skipped)], Notices(found));
        Assert.Equal((0, 0, null), Numbers(await ComparedAsync($"{Header}Zoë,Byron,{name.Replace("ë", "e", StringComparison.Ordinal)}@example.com,,\r\n")));
    }

    [Fact]
    public async Task User_names_and_external_ids_are_found_each_with_its_column()
    {
        var (userName, externalId, other) = (ScimTest.NewName(), $"Id-{Guid.NewGuid():N}", Unique("new"));
        var body = EntraRequests.Create(userName, externalId)
            .Replace($"\"value\": \"{userName}\"", $"\"value\": \"{other}@example.com\"", StringComparison.Ordinal);
        (await cloud.ScimAsync(HttpMethod.Post, "Users", body)).Scim(201);

        var check = await CheckAsync(
            $"""
            {Header}Ada,Byron,{other}.1@example.com,,{userName.ToUpperInvariant()}
            Ada,Byron,{other}.2@example.com,{externalId},
            Ada,Byron,{other}.3@example.com,{externalId.ToUpperInvariant()},
            Ada,,x,{externalId},

            """);
        var found = check.Json.GetProperty("comparison");

        Assert.Equal((1, 1, null), Numbers(found));
        Assert.Equal([(2, "userName", Skipped), (3, "externalId", $"{Skipped}; the row is imported all the same")], Notices(found));
        Assert.Equal([(2, "userName", Skipped)], Notices(await ComparedAsync($"{Header}Ada,Byron,{userName},,\r\n")));
        var id = check.Json.GetProperty("importId").GetString()!;
        Assert.Contains($",open,userName: {Skipped},", (await ResultAsync(id))[1], StringComparison.Ordinal);

        // The run does as it was said.
        var ended = await ImportedAsync(id);
        Assert.Equal((2, 1), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
        Assert.Contains(",created,,", (await ResultAsync(id))[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_A_user_of_another_tenant_is_not_found()
    {
        var email = $"{Unique("ada")}@example.com";
        var externalId = Guid.NewGuid().ToString();
        await cloud.InvitedAsync(email, cloud.Neighbour);
        await cloud.ProvisionedAsync(externalId: externalId, token: cloud.DirectoryToken("fabrikam"));

        Assert.Equal((0, 0, null), Numbers(await ComparedAsync($"{Header}Ada,Byron,{email},{externalId},\r\n")));
    }

    [Fact]
    public async Task Who_is_suspended_is_there_and_who_left_or_has_another_address_is_not()
    {
        var (suspended, left, moved) = ($"{Unique("sue")}@example.com", ScimTest.NewName(), $"{Unique("mo")}@example.com");
        await cloud.SuspendAsync(await cloud.InvitedAsync(suspended));
        var id = (await cloud.ProvisionedAsync(left)).GetProperty("id").GetString();
        Assert.Equal(204, (await cloud.ScimAsync(HttpMethod.Delete, $"Users/{id}")).Status);
        var provisioned = (await cloud.ProvisionedAsync(moved)).GetProperty("id").GetString();
        var now = ScimTest.NewName();
        Assert.Equal(200, (await cloud.ScimAsync(HttpMethod.Put, $"Users/{provisioned}", EntraRequests.Create(now, "x"))).Status);

        var found = await ComparedAsync($"{Header}Sue,Byron,{suspended},,\r\nLea,Byron,{left},,\r\nMo,Byron,{moved},,\r\nMo,Byron,{now},,\r\n");

        Assert.Equal([(2, "email", Skipped), (5, "email", Skipped)], Notices(found));
    }

    [Fact]
    public async Task Thousands_of_rows_cost_two_queries_for_each_five_hundred()
    {
        const int rows = 3 * DirectoryComparison.Portion;
        const int known = 120;
        var name = Unique("many");
        Assert.Equal(known, (await ImportedAsync((await CheckAsync(Header + Rows(name, known))).Json.GetProperty("importId").GetString()!)).GetProperty("created").GetInt32());
        var mark = cloud.Test.Traffic.Mark;

        var found = await ComparedAsync(Header + Rows(name, rows));

        // Queries of all users.
        var seen = cloud.Test.Traffic.Since(mark).Where(request => request is { StandIn: "cosmos", Operation: "query" }
            && !request.Searchable.Contains("[\"", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2 * rows / DirectoryComparison.Portion, seen.Length);
        Assert.Equal((known, 0, null), Numbers(found));
        Assert.Equal(Enumerable.Range(2, ImportLimits.MaxFaults), Notices(found).Select(notice => notice.Line));
    }

    [Fact]
    public async Task A_comparison_that_takes_too_long_ends_and_says_after_which_line()
    {
        // Four portions are compared at once: their eight queries are let go together, so that none of a later portion is among them.
        const int compared = 4 * DirectoryComparison.Portion;
        var (name, known) = (Unique("slow"), $"{Unique("known")}@example.com");
        await cloud.InvitedAsync(known);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var queries = 0;
        cloud.Test.Traffic.Hook = HoldAsync;
        try
        {
            var found = await ComparedAsync($"{Header}Ada,Byron,{known},,\r\n{Rows(name, compared + 600)}");

            var (existing, externalIds, until) = Numbers(found);
            Assert.Equal((1, 0), (existing, externalIds));
            Assert.Equal([(2, "email", Skipped)], Notices(found));
            Assert.Equal(compared + 1, until);
        }
        finally
        {
            first.TrySetResult();
            later.SetResult();
            cloud.Test.Traffic.Hook = null;
        }

        Task HoldAsync(SeenRequest request, FaultStage stage)
        {
            if (request is not { StandIn: "cosmos", Operation: "query" } || stage != FaultStage.Before)
            {
                return Task.CompletedTask;
            }

            var number = Interlocked.Increment(ref queries);
            if (number == 8)
            {
                first.SetResult();
            }

            return number <= 8 ? first.Task : later.Task;
        }
    }

    [Fact]
    public async Task A_database_that_answers_no_query_holds_up_no_check_and_the_import_compares_itself()
    {
        var (name, known) = (Unique("row"), $"{Unique("known")}@example.com");
        await cloud.InvitedAsync(known);
        RawAnswer check;
        using (cloud.Test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "query", Caller = "BlokSec.Functions", Status = 400 }))
        {
            check = await CheckAsync($"{Header}Ada,Byron,{known},,\r\n{Rows(name, 2)}");
        }

        Assert.Equal((0, 0, 1), Numbers(check.Json.GetProperty("comparison")));
        var ended = await ImportedAsync(check.Json.GetProperty("importId").GetString()!);
        Assert.Equal((2, 1), (ended.GetProperty("created").GetInt32(), ended.GetProperty("skipped").GetInt32()));
    }

    private static string Rows(string name, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(row => $"Ada,Byron,{name}.{row}@example.com,,\r\n"));

    private static (int Existing, int SameExternalId, int? ComparedUntil) Numbers(JsonElement comparison) => (
        comparison.GetProperty("existing").GetInt32(),
        comparison.GetProperty("sameExternalId").GetInt32(),
        comparison.TryGetProperty("comparedUntil", out var line) && line.ValueKind == JsonValueKind.Number ? line.GetInt32() : null);

    private static IReadOnlyList<(int Line, string? Field, string? Reason)> Notices(JsonElement comparison) =>
    [
        .. comparison.GetProperty("notices").EnumerateArray().Select(notice => (
            notice.GetProperty("line").GetInt32(), notice.GetProperty("field").GetString(), notice.GetProperty("reason").GetString())),
    ];

    private async Task<RawAnswer> CheckAsync(string text)
    {
        var answer = await cloud.Api.SendAsync(
            HttpMethod.Post, "imports", Encoding.UTF8.GetBytes(text), "text/csv", [("Authorization", $"Bearer {cloud.Admin}")]);
        Assert.True(answer.Status == 201, answer.Text);
        return answer;
    }

    private async Task<JsonElement> ComparedAsync(string text) => (await CheckAsync(text)).Json.GetProperty("comparison");

    private async Task<string[]> ResultAsync(string id) =>
        (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}/result.csv")).Text.Split("\r\n");

    private async Task<JsonElement> ImportedAsync(string id)
    {
        Assert.Equal(202, (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Post, $"imports/{id}/start")).Status);
        return (await cloud.Test.UntilAsync(
            async () => await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}") is { Status: 200 } answer
                && answer.Json.GetProperty("operation").GetProperty("status").GetString() == "succeeded" ? answer : null,
            "the import succeeded")).Json;
    }
}
