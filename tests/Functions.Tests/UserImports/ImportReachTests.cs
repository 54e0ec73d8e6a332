using System.Text;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Imports;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using static BlokSec.Functions.Tests.Users.UserTest;

namespace BlokSec.Functions.Tests.UserImports;

/// <summary>Imports and invitations at the same moment, on two instances of the app.</summary>
public sealed class ImportReachTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task Two_instances_that_import_the_same_people_make_each_of_them_once()
    {
        const int people = 150;
        using var other = await cloud.StartAnotherAsync();
        var name = Unique("both");
        var (first, second) = (await CheckedAsync(cloud.Api, Rows(name, people)), await CheckedAsync(other, Rows(name, people)));

        var started = await Task.WhenAll(StartAsync(cloud.Api, first), StartAsync(other, second));
        Assert.All(started, answer => Assert.Equal(202, answer.Status));
        var ended = await Task.WhenAll(EndedAsync(first), EndedAsync(second));

        Assert.Equal(people, ended.Sum(import => import.GetProperty("created").GetInt32()));
        Assert.Equal(people, ended.Sum(import => import.GetProperty("skipped").GetInt32()));
        var emails = await EmailsAsync(name);
        Assert.Equal((people, people), (emails.Count, emails.Distinct(StringComparer.OrdinalIgnoreCase).Count()));
    }

    [Fact]
    public async Task Two_instances_that_start_the_same_import_at_the_same_moment_carry_it_out_once()
    {
        using var other = await cloud.StartAnotherAsync();
        var name = Unique("once");
        var id = await CheckedAsync(cloud.Api, Rows(name, 120));

        var started = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => StartAsync(number % 2 == 0 ? cloud.Api : other, id)));

        Assert.All(started, answer => Assert.InRange(answer.Status, 200, 202));
        Assert.Equal((120, 0), Numbers(await EndedAsync(id)));
        Assert.Equal(120, (await EmailsAsync(name)).Count);
    }

    [Fact]
    public async Task Of_many_who_invite_the_same_person_on_two_instances_one_does()
    {
        using var other = await cloud.StartAnotherAsync();
        for (var round = 0; round < 5; round++)
        {
            var email = $"{Unique("ada")}@example.com";
            var body = $$"""{"givenName":"Ada","familyName":"Byron","email":"{{email}}"}""";

            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number =>
                (number % 2 == 0 ? cloud.Api : other).SendAsync(cloud.Admin, HttpMethod.Post, "users", body)));

            Assert.Single(answers, answer => answer.Status == 201);
            Assert.Equal(9, answers.Count(answer => answer.Code == ProblemCodes.EmailInUse));
            Assert.Equal([email], await EmailsAsync(email));
        }
    }

    /// <summary>The first try of a client, which had no patience and sent the same file again, is late.</summary>
    [Fact]
    public async Task I4_a_file_that_comes_late_once_more_does_not_undo_what_was_imported()
    {
        using var other = await cloud.StartAnotherAsync();
        var (name, key) = (Unique("late"), Guid.NewGuid().ToString());
        var (stands, goesOn) = (NewSignal(), NewSignal());
        var batches = 0;
        cloud.Test.Traffic.Hook = async (request, stage) =>
        {
            if (request is { StandIn: "cosmos", Operation: "batch" } && stage == FaultStage.Before
                && request.Searchable.Contains("~imports", StringComparison.Ordinal) && Interlocked.Increment(ref batches) == 1)
            {
                stands.SetResult();
                await goesOn.Task;
            }
        };
        try
        {
            var late = CheckAsync(cloud.Api, Rows(name, 3), key);
            await stands.Task.WaitAsync(TestCloud.Patience, Stop);
            var answered = await CheckAsync(other, Rows(name, 3), key);
            Assert.Equal(201, answered.Status);
            var id = answered.Json.GetProperty("importId").GetString()!;
            Assert.Equal(202, (await StartAsync(other, id)).Status);
            Assert.Equal((3, 0), Numbers(await EndedAsync(id)));

            goesOn.SetResult();
            await late;

            Assert.Equal((3, 0), Numbers(await EndedAsync(id)));
            var lines = (await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}/result.csv")).Text.Split("\r\n")[1..^1];
            Assert.All(lines, line => Assert.Contains(",created,", line, StringComparison.Ordinal));
            Assert.Equal(3, (await EmailsAsync(name)).Count);
        }
        finally
        {
            goesOn.TrySetResult();
            cloud.Test.Traffic.Hook = null;
        }
    }

    /// <summary>The first request to the database, the second, and so on: each breaks, before it acts or before its answer arrives.</summary>
    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public async Task I4_each_row_is_imported_once_whichever_request_is_cut_off(FaultStage stage)
    {
        const int most = 40;
        for (var at = 1; at <= most; at++)
        {
            var name = Unique("cut");
            var id = await CheckedAsync(cloud.Api, Rows(name, 2));
            var requests = 0;
            cloud.Test.Traffic.Hook = (request, when) =>
                when == stage && request.StandIn == "cosmos" && request.Operation != "account"
                && request.Caller.Contains("BlokSec.Functions", StringComparison.Ordinal) && Interlocked.Increment(ref requests) == at
                    ? throw new OperationCanceledException("The connection breaks here.")
                    : Task.CompletedTask;
            try
            {
                await cloud.Test.UntilAsync(async () => (await StartAsync(cloud.Api, id)).Status < 300 ? "" : null, "the import is started");
                await cloud.Test.UntilAsync(() => SucceededAsync(id), "the import succeeded");
            }
            finally
            {
                cloud.Test.Traffic.Hook = null;
            }

            Assert.Equal((2, 0), Numbers(await EndedAsync(id)));
            Assert.Equal([$"{name}.0@example.com", $"{name}.1@example.com"], (await EmailsAsync(name)).Order(StringComparer.Ordinal));
            if (requests < at)
            {
                Assert.True(at > 8);
                return;
            }
        }

        Assert.Fail($"More than {most} requests.");
    }

    [Theory]
    [InlineData(",")]
    [InlineData("\"")]
    [InlineData("\"\",")]
    [InlineData("\n")]
    public async Task I14_the_largest_file_of_nothing_is_refused(string again)
    {
        var text = $"givenName,familyName,email\r\n{string.Concat(Enumerable.Repeat(again, (ImportLimits.MaxBytes - 100) / again.Length))}";
        (await CheckAsync(cloud.Api, text)).Problem(400, ProblemCodes.InvalidRequest);
    }

    /// <summary>Whether the operation has ended, as the database knows it; what waits to be tried again is tried now.</summary>
    private async Task<string?> SucceededAsync(string id)
    {
        cloud.Test.Cloud.ServiceBus.ReleaseScheduled();
        var found = await cloud.Test.DocumentsAsync(
            TestCloud.Tenant, ImportDocument.KeyOf(TestCloud.Tenant).UserId, $"c.id = '{OperationDocument.IdOf(id)}' AND c.status = 'succeeded'");
        return found.Count == 1 ? id : null;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Rows(string name, int count) =>
        $"givenName,familyName,email\r\n{string.Concat(Enumerable.Range(0, count).Select(row => $"Ada,Byron,{name}.{row}@example.com\r\n"))}";

    private static (int Created, int Skipped) Numbers(JsonElement import) =>
        (import.GetProperty("created").GetInt32(), import.GetProperty("skipped").GetInt32());

    private Task<RawAnswer> CheckAsync(RawApi api, string text, string? key = null) => api.SendAsync(
        HttpMethod.Post,
        "imports",
        Encoding.UTF8.GetBytes(text),
        "text/csv",
        [("Authorization", $"Bearer {cloud.Admin}"), .. key is null ? Array.Empty<(string, string)>() : [("Idempotency-Key", key)]]);

    private async Task<string> CheckedAsync(RawApi api, string text)
    {
        var answer = await CheckAsync(api, text);
        Assert.True(answer.Status == 201, answer.Text);
        return answer.Json.GetProperty("importId").GetString()!;
    }

    private Task<RawAnswer> StartAsync(RawApi api, string id) => api.SendAsync(cloud.Admin, HttpMethod.Post, $"imports/{id}/start");

    private async Task<JsonElement> EndedAsync(string id) => (await cloud.Test.UntilAsync(
        async () => await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"imports/{id}") is { Status: 200 } answer
            && answer.Json.GetProperty("operation").GetProperty("status").GetString() == "succeeded" ? answer : null,
        "the import succeeded")).Json;

    /// <summary>The addresses of the users that a search finds.</summary>
    private async Task<IReadOnlyList<string>> EmailsAsync(string search)
    {
        var (emails, continuation) = (new List<string>(), "");
        do
        {
            var page = await cloud.Api.SendAsync(
                cloud.Admin, HttpMethod.Get, $"users?pageSize=200&search={Uri.EscapeDataString(search)}{(continuation.Length > 0 ? $"&continuation={Uri.EscapeDataString(continuation)}" : "")}");
            emails.AddRange(page.Json.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("email").GetString()!));
            continuation = page.Json.TryGetProperty("continuation", out var next) ? next.GetString() ?? "" : "";
        }
        while (continuation.Length > 0);
        return emails;
    }
}
