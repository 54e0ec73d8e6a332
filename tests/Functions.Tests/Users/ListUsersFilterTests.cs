using System.Globalization;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Users;

/// <summary>The list of users against a model of it: whatever lies in a tenant, and whatever is asked for.</summary>
public sealed class ListUsersFilterTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private static readonly Gen<Asked> Questions = Gen.Select(
        Any.Of<string?>(null, null, null, "invited", "active", "resetting", "unregistered", "suspended", "left"),
        Any.Of<string?>(null, null, "payroll", "crm"),
        Any.Of<string?>(null, null, null, "receiving", "notReceiving", "notificationsOff", "unknown", "none"),
        Any.Of<int?>(null, null, 10, 30, 90),
        Any.Of<string?>(null, null, null, null, "open", "expiring", "locked"),
        Any.Of(false, false, true),
        Any.Of<string?>(null, null, "adams", "test"),
        Gen.Select(Any.Of("", "name", "created", "lastActive"), Gen.Bool, Gen.Int[1, 4]),
        (state, application, push, unused, claim, removal, search, order) =>
            new Asked(state, application, push, unused, claim, removal, search, order.Item1, order.Item2, order.Item3));

    [Fact]
    public Task Every_filter_and_order_finds_page_by_page_what_the_model_finds() =>
        Gen.Select(ModelUser.Generated.Array[0, 7], Questions.Array[6]).SampleAsync(
            async (users, questions) =>
            {
                var tenant = new StoredTenant(cloud);
                var all = users.Select((user, index) => user with { Index = index }).ToArray();
                foreach (var user in all)
                {
                    await user.StoreAsync(tenant);
                }

                foreach (var asked in questions)
                {
                    if (asked.IsRefused)
                    {
                        (await tenant.AskAsync($"users?{asked.Query}")).Problem(400, ProblemCodes.InvalidRequest);
                        continue;
                    }

                    Assert.Equal(
                        asked.Of(all, tenant),
                        (await tenant.UsersAsync(asked.Query, asked.PageSize)).Select(user => user.UserId));
                }
            },
            iter: 8,
            threads: 1);

    [Theory]
    [InlineData("application=crm")]
    [InlineData("push=none")]
    [InlineData("unusedDays=30")]
    [InlineData("claim=open")]
    [InlineData("claim=expiring")]
    [InlineData("unconfirmedRemoval=true")]
    [InlineData("state=invited")]
    [InlineData("sort=lastActive")]
    [InlineData("")]
    public async Task I9_Another_tenant_finds_nothing(string query)
    {
        var (ours, theirs) = (new StoredTenant(cloud), new StoredTenant(cloud));
        await ModelUser.WithEverything.StoreAsync(ours);

        Assert.Single(await ours.UsersAsync(query));
        Assert.Empty(await theirs.UsersAsync(query));
    }

    [Fact]
    public async Task A_continuation_of_another_list_is_the_callers_fault()
    {
        var tenant = new StoredTenant(cloud);
        foreach (var index in Enumerable.Range(0, 3))
        {
            await (ModelUser.WithEverything with { Index = index }).StoreAsync(tenant);
        }

        var (byName, byFact) = (await NextAsync("sort=name"), await NextAsync("claim=open"));
        Assert.NotNull(byName);
        Assert.NotNull(byFact);
        foreach (var query in new[] { $"claim=open&continuation={byName}", $"continuation={byFact}", $"sort=lastActive&continuation={byFact}", "push=none&continuation=%2A" })
        {
            (await tenant.AskAsync($"users?{query}")).Problem(400, ProblemCodes.InvalidRequest);
        }

        async Task<string?> NextAsync(string query) => (await tenant.AskAsync<UserList>($"users?pageSize=1&{query}")).Continuation;
    }

    [Theory]
    [InlineData("state=gone", "state")]
    [InlineData("push=sometimes", "push")]
    [InlineData("unusedDays=0", "unusedDays")]
    [InlineData("claim=gone", "claim")]
    [InlineData("application=%27", "application")]
    [InlineData("sort=email", "sort")]
    [InlineData("sort=name&claim=open", "sort")]
    [InlineData("sort=lastActive&application=crm", "sort")]
    [InlineData("direction=desc&push=none", "direction")]
    public async Task What_cannot_be_asked_for_is_named(string query, string field) =>
        Assert.Contains(field, (await new StoredTenant(cloud).AskAsync($"users?{query}")).Problem(400, ProblemCodes.InvalidRequest).GetProperty("errors").GetRawText(), StringComparison.Ordinal);

    [Fact]
    public async Task A_user_of_whom_a_document_that_decides_cannot_be_read_is_told_and_not_guessed()
    {
        var tenant = new StoredTenant(cloud);
        await (ModelUser.WithEverything with { Index = 1 }).StoreAsync(tenant);
        await tenant.StoreAsync("damaged", tenant.User("damaged"), tenant.Device("damaged", "damaged-device", unusedDays: 100));
        await cloud.Test.PatchAsync(
            new TestUser(tenant.Tenant, "damaged", [], []), "device:damaged-device", PatchOperation.Set("/registeredAt", "never"));

        var list = await tenant.AskAsync<UserList>("users?unusedDays=30");

        Assert.Equal((1, 1), (list.Users.Count, list.Unreadable));
    }

    private sealed record Asked(
        string? State, string? Application, string? Push, int? Unused, string? Claim, bool Removal, string? Search, string Sort, bool Descending, int PageSize)
    {
        private bool IsByFact => Application is not null || Push is not null || Unused is not null || Claim is not null || Removal;

        public bool IsRefused => IsByFact && Sort switch { "" => Descending, "lastActive" => Application is not null, _ => true };

        public string Query => string.Join('&', new[]
        {
            ("state", State), ("application", Application), ("push", Push), ("unusedDays", Unused?.ToString(CultureInfo.InvariantCulture)), ("claim", Claim),
            ("unconfirmedRemoval", Removal ? "true" : null), ("search", Search), ("sort", Sort), ("direction", Descending ? "desc" : null),
        }.Where(part => !string.IsNullOrEmpty(part.Item2)).Select(part => $"{part.Item1}={part.Item2}"));

        public IEnumerable<string> Of(IEnumerable<ModelUser> users, StoredTenant tenant)
        {
            var found = users
                .Where(user => State is null || user.State == State)
                .Where(user => Application is null || user.Applications.Contains(Application))
                .Where(user => Push is null || user.ActivePush == Push)
                .Where(user => Unused is null || user.LastActiveDays > Unused)
                .Where(user => Claim is null || user.Claims.Contains(Claim))
                .Where(user => !Removal || user.Removal == "unconfirmed")
                .Where(user => Search is null || "test".Contains(Search, StringComparison.Ordinal) || user.Family.Equals(Search, StringComparison.OrdinalIgnoreCase))
                .Where(user => Sort != "lastActive" || user.LastActiveDays is not null);
            var ascending = (IsByFact, Sort) switch
            {
                (_, "lastActive") => found.OrderByDescending(user => user.LastActiveDays),
                (_, "created") => found.OrderByDescending(user => user.Index),
                (true, _) => found.OrderBy(user => user.UserId, StringComparer.Ordinal),
                _ => found.OrderBy(user => tenant.User(user.UserId, user.Family).SortName, StringComparer.Ordinal),
            };
            return (Descending ? ascending.Reverse() : ascending).Select(user => user.UserId);
        }
    }
}
