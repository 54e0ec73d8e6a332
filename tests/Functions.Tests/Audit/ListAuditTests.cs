using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Budgets;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Audit;

public sealed class ListAuditTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly DateTimeOffset Day = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task I12_What_happened_in_the_tenant_is_read_page_by_page_newest_first_and_whole()
    {
        var history = new AuditHistory(cloud);
        var stored = Enumerable.Range(0, 23).Select(number => history.Entry($"user-{number % 5}", Day.AddSeconds(number / 3))).ToArray();
        await history.StoreAsync([.. stored, history.Entry("~applications", Day.AddHours(1), action: AuditActions.ApplicationCreated)]);

        var read = await history.ReadAsync("", pageSize: 4);

        Assert.Equal(
            stored.Select(entry => entry.Id).OrderDescending(StringComparer.Ordinal), read.Skip(1).Select(entry => entry.EntryId));
        Assert.Equal((AuditActions.ApplicationCreated, null), (read[0].Action, read[0].UserId));
        Assert.All(read.Skip(1), entry => Assert.StartsWith("user-", entry.UserId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_combination_of_filters_finds_what_a_model_finds()
    {
        var history = new AuditHistory(cloud);
        string[] users = ["maria", "liam", "~applications"];
        string[] names = ["Alice Adams", "alice", "Bob O'Neil", "\u00C5sa"];
        string[] actions = [AuditActions.DeviceRemoved, AuditActions.ClaimRenewed, AuditActions.KeyInUseRefused];
        string?[] reasons = [null, "Lost in a taxi", "100% sure", "it's \"gone\" \\ SELECT *"];
        string[] targets = ["device-1", "device-2", "claim-1"];
        string[] operations = [new('a', 32), new('b', 32)];
        var stored = Enumerable.Range(0, 60).Select(number => history.Entry(
            users[number % 3],
            Day.AddMilliseconds(number / 2 * 0.5),
            new AuditActor(AuditActorKinds.Administrator, $"subject-{number % 4}", names[number % 4]),
            actions[number / 3 % 3]) with
        {
            Reason = reasons[number / 2 % 4],
            Targets = [.. targets.Take(number % 4)],
            OperationId = number % 5 == 0 ? null : operations[number % 2],
            Alert = number % 7 == 0,
        }).ToArray();
        await history.StoreAsync(stored);
        var times = Of<double?>(null, null, 0, 0.3, 1, 5, 7.5, 7.7, 12, 40);

        await Gen.Select(
            Gen.Select(times, times, Of<string?>(null, "ALICE", "subject-1", "o'neil", "\u00E5sa"), Of<string?>([null, .. actions])),
            Gen.Select(Of<string?>(null, null, "maria", "liam", "nobody"), Of<string?>([null, "device", .. targets]), Of<string?>([null, .. operations])),
            Gen.Select(Of<bool?>(null, true, false), Of<string?>(null, "taxi", "100%", "device-2", "RENEWED", "adams", "\\ select", "' OR true OR '"))).SampleAsync(
            async (first, second, third) =>
            {
                var ((from, to, actor, action), (user, target, operation), (alert, text)) = (first, second, third);
                if (from >= to)
                {
                    return;
                }

                var query = string.Join('&', new (string Name, string? Value)[]
                {
                    ("from", At(from)), ("to", At(to)), ("actor", actor), ("action", action), ("userId", user), ("target", target),
                    ("operationId", operation), ("alert", alert is { } on ? on ? "true" : "false" : null), ("text", text),
                }.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}"));

                var found = await history.ReadAsync(query, pageSize: 7);

                var expected = stored.Where(entry =>
                    Floor(entry.At) >= Floor(Day.AddMilliseconds(from ?? -1)) && (to is null || Floor(entry.At) < Ceiling(Day.AddMilliseconds(to.Value)))
                    && (actor is null || entry.Actor.Id == actor || Has(entry.Actor.Name, actor))
                    && (action is null || entry.Action == action)
                    && (user is null || entry.UserId == user)
                    && (target is null || entry.Targets.Contains(target))
                    && (operation is null || entry.OperationId == operation)
                    && (alert is null || entry.Alert == alert)
                    && (text is null || Has(entry.Actor.Name, text) || Has(entry.Action, text) || Has(entry.Reason, text) || entry.Targets.Contains(text)));
                Assert.Equal(expected.Select(entry => entry.Id).OrderDescending(StringComparer.Ordinal), found.Select(entry => entry.EntryId));
            },
            iter: 120,
            threads: 4);

        static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
        static string? At(double? milliseconds) => milliseconds is { } at ? $"{Day.AddMilliseconds(at):yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'}" : null;
        static long Floor(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
        static long Ceiling(DateTimeOffset at) => at.AddTicks(9_999).ToUnixTimeMilliseconds();
        static bool Has(string? text, string part) => text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;
    }

    [Fact]
    public async Task I9_Another_tenant_finds_nothing_whatever_it_asks_and_continues_nowhere()
    {
        var (ours, theirs) = (new AuditHistory(cloud), new AuditHistory(cloud));
        await ours.StoreAsync(Enumerable.Range(0, 4).Select(number => ours.Entry("maria", Day.AddSeconds(number))));
        await theirs.StoreAsync([theirs.Entry("maria", Day.AddSeconds(-1))]);
        var first = await ours.ListAsync("pageSize=2");

        Assert.Single(await theirs.ReadAsync(""));
        Assert.Single(await theirs.ReadAsync("userId=maria"));
        Assert.Single((await theirs.ListAsync($"continuation={first.Continuation}")).Entries);
        Assert.All(
            (await theirs.ReadAsync("text=alice")).Concat(await theirs.ReadAsync("target=device-1")),
            entry => Assert.Equal(Day.AddSeconds(-1), entry.At));
    }

    [Fact]
    public async Task Only_an_auditor_reads_it()
    {
        var history = new AuditHistory(cloud);
        foreach (var path in new[] { "audit", "audit/export" })
        {
            foreach (var role in new[] { "Users.Read", "Devices.Manage", "Users.Manage", "Applications.Manage" })
            {
                var token = cloud.Issuer.Token(new TokenClaims { Tenant = history.Tenant, Roles = [role] });
                (await cloud.Api.SendAsync(token, HttpMethod.Get, path)).Problem(403, ProblemCodes.Forbidden);
            }

            (await cloud.Api.SendAsync(HttpMethod.Get, path)).Problem(401, ProblemCodes.Unauthenticated);
        }

        (await history.AskAsync("users")).Problem(403, ProblemCodes.Forbidden);
        Assert.Empty(await history.ReadAsync(""));
    }

    [Fact]
    public async Task What_a_caller_says_of_itself_is_recorded_and_shown_as_far_as_it_may_be()
    {
        var history = new AuditHistory(cloud);
        var manager = cloud.Issuer.Token(new TokenClaims { Tenant = history.Tenant, Roles = ["Users.Read", "Applications.Manage"] });
        var agent = "Mozilla/5.0 (evil) " + new string('x', 5_000);

        var created = await cloud.Api.SendAsync(
            manager, HttpMethod.Post, "applications", """{"name":"Payroll","clientId":"payroll"}""", [("User-Agent", agent)]);

        Assert.Equal(201, created.Status);
        var entry = Assert.Single(await history.ReadAsync($"action={AuditActions.ApplicationCreated}"));
        Assert.StartsWith("Mozilla/5.0", entry.ActorAgent, StringComparison.Ordinal);
        Assert.InRange(entry.ActorAgent!.Length, 100, 300);
    }

    [Theory]
    [InlineData("from=yesterday", "from")]
    [InlineData("to=2026-11-25", "to")]
    [InlineData("from=2026-11-25T12:00:00Z&to=2026-11-25T12:00:00Z", "from")]
    [InlineData("userId=a%20b", "userId")]
    [InlineData("userId=~applications", "userId")]
    [InlineData("operationId=1", "operationId")]
    [InlineData("alert=perhaps", "alert")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("continuation=%2B%2B", "continuation")]
    [InlineData("continuation=dXNlcg", "continuation")]
    public async Task What_cannot_be_read_is_told(string query, string field)
    {
        var answer = await new AuditHistory(cloud).AskAsync($"audit?{query}");

        answer.Problem(400, ProblemCodes.InvalidRequest);
        Assert.Contains(field, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_that_are_too_long_are_refused()
    {
        foreach (var name in new[] { "actor", "action", "target", "text" })
        {
            (await new AuditHistory(cloud).AskAsync($"audit?{name}={new string('x', 101)}")).Problem(400, ProblemCodes.InvalidRequest);
        }
    }

    [Fact]
    public async Task A_page_costs_one_query_and_at_most_one_plan_and_one_of_a_user_one_query()
    {
        var history = new AuditHistory(cloud);
        await history.StoreAsync(Enumerable.Range(0, 150).Select(number => history.Entry($"user-{number % 50}", Day.AddSeconds(number))));
        var next = (await history.ListAsync("pageSize=10")).Continuation;

        foreach (var query in new[] { "", "pageSize=10", $"pageSize=10&continuation={next}", "text=alice&alert=false&from=2026-11-25T12:00:01Z" })
        {
            var cost = await CostAsync(query);
            Assert.Equal(1, cost.Count("query"));
            Assert.InRange(cost.Database.Count, 1, 2);
        }

        Cost.AssertIs(["query"], 0, await CostAsync("userId=user-1"));

        Task<Cost> CostAsync(string query) => Cost.OfAsync(cloud.Test, () => history.ListAsync(query));
    }
}
