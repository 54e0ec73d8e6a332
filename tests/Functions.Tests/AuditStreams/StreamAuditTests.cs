using System.Globalization;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuditChain;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.AuditStreams;

/// <summary>Every sealed entry reaches Event Grid at least once and in the order of its tenant's chain, whatever goes wrong.</summary>
public sealed class StreamAuditTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private Traffic Traffic => cloud.Test.Traffic;

    [Fact]
    public async Task I12_Every_entry_arrives_in_order_as_a_CloudEvent_and_the_chain_says_how_far()
    {
        var test = new StreamTest(cloud);
        var entries = await test.SealedAsync(230);

        await test.RunAsync();

        Assert.Equal(entries.Select(entry => entry.Id), test.Events.Select(one => one.GetProperty("id").GetString()));
        var first = test.Events[0];
        Assert.Equal($"{cloud.Test.Cloud.ApiAddress.AbsoluteUri.TrimEnd('/')}/tenants/{test.Tenant}", first.GetProperty("source").GetString());
        Assert.Equal(
            ("com.bloksec.audit.device.removed", "users/maria", "1", "sealed"),
            (first.GetProperty("type").GetString(), first.GetProperty("subject").GetString(), first.GetProperty("auditblock").GetString(), first.GetProperty("auditstate").GetString()));
        Assert.Equal(entries[0].At, first.GetProperty("time").GetDateTimeOffset());
        Assert.Equal((await test.Chain.BlocksAsync())[0].GetProperty("entries")[0].GetProperty("hash").GetString(), first.GetProperty("audithash").GetString());
        var shown = (await test.Chain.History.ReadAsync("")).Single(entry => entry.EntryId == entries[0].Id);
        Assert.Equal((shown.ActorName, shown.Action, shown.UserId), (
            first.GetProperty("data").GetProperty("actorName").GetString(), first.GetProperty("data").GetProperty("action").GetString(), first.GetProperty("data").GetProperty("userId").GetString()));
        var state = await test.StateAsync();
        Assert.Equal((2, 0, 0, null), (state.SentBlock, state.WaitingBlocks, state.Failures, state.Fault));

        await test.RunAsync();
        Assert.Equal(230, test.Events.Count);
    }

    [Fact]
    public async Task I4_Killed_after_any_of_its_requests_it_loses_nothing_and_keeps_the_order()
    {
        var tests = Enumerable.Range(0, 16).Select(_ => new StreamTest(cloud)).ToArray();
        var entries = new List<string[]>();
        foreach (var test in tests)
        {
            // The second block takes two requests to the receiver.
            entries.Add([.. (await test.Chain.WriteAsync(1)).Select(entry => entry.Id)]);
        }

        await tests[0].SealedAsync(0);
        for (var index = 0; index < tests.Length; index++)
        {
            var large = Large(tests[index], 3, 400_000);
            await tests[index].Chain.History.StoreAsync(large);
            entries[index] = [.. entries[index], .. large.Select(entry => entry.Id)];
        }

        await tests[0].SealedAsync(0);

        var requests = await cloud.Test.KilledAsync([.. tests.Select(test => test.Tenant)], tests[0].RunAsync);
        foreach (var test in tests)
        {
            await test.FinishedAsync();
        }

        Assert.InRange(requests, 8, 14);
        Assert.Equal(entries, tests.Select(test => test.Ids.ToArray()));
    }

    [Fact]
    public async Task I14_A_tenant_with_nothing_new_costs_no_request_of_its_own()
    {
        var test = new StreamTest(cloud);
        await test.SealedAsync(2);
        await test.FinishedAsync();
        var mark = Traffic.Mark;

        await test.RunAsync();

        Assert.DoesNotContain(Traffic.Since(mark), request => request.Searchable.Contains(test.Tenant, StringComparison.Ordinal));
    }

    [Fact]
    public async Task I5_A_receiver_that_refuses_one_tenant_delays_no_other_and_gets_all_of_it_later()
    {
        var (test, other) = (new StreamTest(cloud), new StreamTest(cloud));
        var entries = await test.SealedAsync(3);
        var others = await other.SealedAsync(3);
        using (Traffic.Add(Refusal(test, 500, "600")))
        {
            await test.RunAsync();
            await test.RunAsync();
        }

        Assert.Empty(test.Events);
        Assert.Equal(others.Select(entry => entry.Id), other.Ids);
        var state = await test.StateAsync();
        Assert.Equal((1, 1, "Event Grid answered 500."), (state.Failures, state.WaitingBlocks, state.Fault));

        await test.RunAsync();
        Assert.Empty(test.Events);
        cloud.Test.Time.Advance(TimeSpan.FromMinutes(11));
        await test.RunAsync();
        Assert.Equal(entries.Select(entry => entry.Id), test.Ids);
        Assert.Equal((0, null), ((await test.StateAsync()).Failures, (await test.StateAsync()).Fault));
    }

    [Theory]
    [InlineData(false, 10)]
    [InlineData(true, 10)]
    [InlineData(false, 300)]
    public async Task A_receiver_that_asks_for_time_gets_it_up_to_a_quarter_of_an_hour(bool isDate, int minutes)
    {
        var test = new StreamTest(cloud);
        await test.SealedAsync(1);
        var before = cloud.Test.Time.GetUtcNow();
        var wait = TimeSpan.FromMinutes(minutes);
        using (Traffic.Add(Refusal(test, 429, isDate ? (before + wait).ToString("R", CultureInfo.InvariantCulture) : (minutes * 60).ToString(CultureInfo.InvariantCulture))))
        {
            await test.RunAsync();
        }

        var least = minutes < 15 ? wait : TimeSpan.FromMinutes(15);
        var state = await test.StateAsync();
        Assert.Equal((1, "Event Grid answered 429."), (state.Failures, state.Fault));
        // A date has no parts of a second.
        Assert.InRange(state.NotBefore!.Value, before + least - TimeSpan.FromSeconds(1), cloud.Test.Time.GetUtcNow() + least);
        await test.FinishedAsync();
    }

    [Fact]
    public async Task I5_A_receiver_that_is_out_is_not_asked_for_each_tenant_and_gets_everything_when_it_is_back()
    {
        var tests = Enumerable.Range(0, 12).Select(_ => new StreamTest(cloud)).ToArray();
        var entries = new List<string[]>();
        foreach (var test in tests)
        {
            entries.Add([.. (await test.Chain.WriteAsync(2)).Select(entry => entry.Id)]);
        }

        await tests[0].SealedAsync(0);
        var mark = Traffic.Mark;
        using (Traffic.Add(new FaultRule { StandIn = "eventgrid", Drop = true }))
        {
            await tests[0].RunAsync();
        }

        Assert.InRange(Traffic.Since(mark).Count(request => request.StandIn == "eventgrid"), 3, 6);
        foreach (var test in tests)
        {
            await test.FinishedAsync();
        }

        Assert.Equal(entries, tests.Select(test => test.Ids.ToArray()));
    }

    [Theory]
    [InlineData(413)]
    [InlineData(400)]
    public async Task An_entry_that_is_refused_for_ever_holds_up_none_and_is_still_told(int status)
    {
        var test = new StreamTest(cloud);
        var entries = Enumerable.Range(0, 9).Select(number => test.Chain.History.Entry("maria", cloud.Test.Time.GetUtcNow().AddMilliseconds(number))).ToArray();
        entries[4] = entries[4] with { Reason = "the poisoned one" };
        await test.Chain.History.StoreAsync(entries);
        await test.SealedAsync(0);
        using (Traffic.Add(new FaultRule { StandIn = "eventgrid", Contains = "the poisoned one", Status = status }))
        {
            await test.RunAsync();
        }

        Assert.Equal(entries.Select(entry => entry.Id), test.Events.Select(one => one.GetProperty("id").GetString()));
        Assert.False(test.Events[4].GetProperty("data").TryGetProperty("reason", out _));
        Assert.Equal("com.bloksec.audit.entry", test.Events[4].GetProperty("type").GetString());
    }

    [Fact]
    public async Task I14_A_request_never_has_more_than_the_receiver_takes()
    {
        var test = new StreamTest(cloud);
        var entries = Large(test, 40, 60_000);
        foreach (var part in entries.Chunk(10))
        {
            await test.Chain.History.StoreAsync(part);
        }

        await test.SealedAsync(0);
        var mark = Traffic.Mark;
        await test.RunAsync();

        Assert.Equal(entries.Select(entry => entry.Id), test.Ids);
        Assert.Equal([200, 200, 200], Traffic.Since(mark).Where(request => request.StandIn == "eventgrid" && request.Searchable.Contains(test.Tenant, StringComparison.Ordinal)).Select(request => request.Status));
    }

    [Fact]
    public async Task Two_instances_at_the_same_moment_keep_the_order_and_lose_nothing()
    {
        var test = new StreamTest(cloud);
        var entries = await test.SealedAsync(450);

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => test.RunAsync()));
        await test.FinishedAsync();

        Assert.Equal(entries.Select(entry => entry.Id), test.Ids);
    }

    private AuditDocument[] Large(StreamTest test, int count, int characters) =>
        [.. Enumerable.Range(0, count).Select(number =>
            test.Chain.History.Entry("maria", cloud.Test.Time.GetUtcNow().AddMilliseconds(number)) with
            {
                After = new Dictionary<string, string?> { ["note"] = new string('x', characters) },
            })];

    private static FaultRule Refusal(StreamTest test, int status, string retryAfter) => new()
    {
        StandIn = "eventgrid",
        Contains = test.Tenant,
        Status = status,
        Headers = new Dictionary<string, string> { ["Retry-After"] = retryAfter },
    };
}
