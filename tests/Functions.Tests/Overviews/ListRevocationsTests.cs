using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using CsCheck;

namespace BlokSec.Functions.Tests.Overviews;

public sealed class ListRevocationsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Fact]
    public async Task I11_Unconfirmed_is_what_the_phone_neither_confirmed_nor_learned()
    {
        var history = new TenantHistory(cloud);
        var stored = Enumerable.Range(0, 20).Select(number => history.Revocation($"user-{number % 3}", TimeSpan.FromHours(number / 2)) with
        {
            ConfirmedAt = number % 4 == 1 ? history.Now : null,
            LearnedAt = number % 5 == 2 ? history.Now : null,
        }).ToArray();
        await history.StoreAsync(stored);

        foreach (var (query, condition) in new (string, Func<RevocationDocument, bool>)[]
        {
            ("", _ => true),
            ("confirmed=false", one => one.ConfirmedAt is null && one.LearnedAt is null),
            ("confirmed=true", one => one.ConfirmedAt is not null || one.LearnedAt is not null),
        })
        {
            var found = await history.ReadAllAsync<TenantRevocationList, TenantRevocation>("revocations", query, 3, page => (page.Revocations, page.Continuation));
            Assert.Equal(
                stored.Where(condition).OrderByDescending(one => one.BlockedAt).ThenByDescending(one => one.Id, StringComparer.Ordinal).Select(one => one.DeviceId),
                found.Select(one => one.Revocation.DeviceId));
        }
    }

    [Fact]
    public Task Whatever_was_removed_is_found_page_by_page_as_a_model_finds_it() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 3], Gen.Int[0, 9], Any.Of(0, 1, 1_234_560), Gen.Bool, Gen.Bool, Gen.Enum<RevokePushState>()).Array[0, 16],
            Gen.Int[1, 5]).SampleAsync(
            async (generated, pageSize) =>
            {
                var (history, neighbor) = (new TenantHistory(cloud), new TenantHistory(cloud));
                var second = new DateTimeOffset(history.Now.Ticks - (history.Now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
                var stored = generated.Select(one => history.Revocation($"user-{one.Item1}") with
                {
                    BlockedAt = second.AddHours(-one.Item2).AddTicks(one.Item3),
                    ConfirmedAt = one.Item4 ? history.Now : null,
                    LearnedAt = one.Item5 ? history.Now : null,
                    Push = one.Item6,
                }).ToArray();
                await history.StoreAsync(stored);
                await neighbor.StoreAsync(neighbor.Revocation("user-0"), neighbor.Revocation("user-1") with { ConfirmedAt = history.Now });

                foreach (var (query, confirmed) in new (string, bool?)[] { ("", null), ("confirmed=true", true), ("confirmed=false", false) })
                {
                    var found = await history.ReadAllAsync<TenantRevocationList, TenantRevocation>(
                        "revocations", query, pageSize, page => (page.Revocations, page.Continuation));

                    Assert.Equal(
                        stored
                            .Where(one => confirmed is null || confirmed == (one.ConfirmedAt is not null || one.LearnedAt is not null))
                            .OrderByDescending(one => one.BlockedAt)
                            .ThenByDescending(one => one.Id, StringComparer.Ordinal)
                            .Select(one => (one.UserId, one.DeviceId, one.Push)),
                        found.Select(one => (one.User.UserId, one.Revocation.DeviceId, one.Revocation.Push)));
                }
            },
            iter: 10,
            threads: 1);

    [Fact]
    public async Task A_removed_device_is_told_with_its_user_who_removed_it_and_whether_a_nudge_is_possible_and_no_secret()
    {
        var history = new TenantHistory(cloud);
        await history.StoreAsync(
            history.User("maria"),
            history.Operation("maria", id: "operation-1"),
            history.Operation("liam", id: "operation-1") with { RequestedBy = "Mallory" },
            history.Revocation("maria") with { Push = RevokePushState.GivenUp, PushReason = "Apple refused it.", HandleKeptUntil = history.Now.AddDays(1) },
            history.Revocation("maria", TimeSpan.FromHours(1), "operation-2"));

        var answer = await history.AskAsync("revocations?confirmed=false");
        var found = (await history.ReadAsync<TenantRevocationList>("revocations?confirmed=false")).Revocations;

        Assert.Equal([(new UserReference("maria", "Maria Lopez"), "Alice Adams"), (new UserReference("maria", "Maria Lopez"), null)], found.Select(one => (one.User, one.BlockedBy)));
        Assert.Equal((RevokePushState.GivenUp, "Apple refused it.", history.Now.AddDays(1)), (found[0].Revocation.Push, found[0].Revocation.PushReason, found[0].Revocation.NudgeUntil));
        Assert.Null(found[1].Revocation.NudgeUntil);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I9_Another_tenant_finds_nothing_and_a_page_costs_three_queries()
    {
        var (ours, theirs) = (new TenantHistory(cloud), new TenantHistory(cloud));
        await ours.StoreAsync(Enumerable.Range(0, 120).Select(number => ours.Revocation($"user-{number}", TimeSpan.FromHours(number), $"operation-{number}")));
        var first = await ours.ReadAsync<TenantRevocationList>("revocations?pageSize=2");

        Assert.Empty((await theirs.ReadAsync<TenantRevocationList>($"revocations?continuation={first.Continuation}")).Revocations);
        foreach (var query in new[] { "", "pageSize=200", $"confirmed=false&continuation={first.Continuation}" })
        {
            var cost = await ours.CostAsync($"revocations?{query}");
            Assert.Equal(3, cost.Count("query"));
            Assert.InRange(cost.Database.Count, 3, 6);
        }
    }

    [Theory]
    [InlineData("confirmed=perhaps", "confirmed")]
    [InlineData("pageSize=201", "pageSize")]
    [InlineData("continuation=b3BlcmF0aW9uOmFi", "continuation")]
    public async Task What_cannot_be_read_is_told(string query, string field)
    {
        var answer = await new TenantHistory(cloud).AskAsync($"revocations?{query}");

        answer.Problem(400, ProblemCodes.InvalidRequest);
        Assert.Contains(field, answer.Text, StringComparison.Ordinal);
    }
}
