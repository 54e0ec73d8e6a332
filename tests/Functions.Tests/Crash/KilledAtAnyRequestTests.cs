using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Functions.Tests.Signals;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>
/// The requests are not listed here: undisturbed flows show them first. A request that all of those make must be met by a kill before
/// and one after it; others, such as the repetition after a conflict, are killed when they occur.
/// </summary>
[Collection(CrashTests.Name)]
public sealed class KilledAtAnyRequestTests(CrashCloud cloud, ITestOutputHelper output)
{
    private const int Undisturbed = 6;
    private const int PerWave = 14;

    [Fact]
    public Task I3_I4_A_removal_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(Flow.RemoveAsync);

    [Fact]
    public Task I3_I4_I6_An_unregistration_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(Flow.UnregisterAsync);

    [Fact]
    public Task I3_I4_A_leaver_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(Flow.LeaveAsync);

    [Fact]
    public Task I3_I4_I8_A_claim_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(Flow.ClaimAsync);

    [Fact]
    public Task I3_I4_A_departure_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.DepartAsync);

    [Fact]
    public Task I3_I4_A_report_of_a_lost_phone_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(PhoneFlows.ReportLostAsync);

    [Fact]
    public Task I3_I4_An_import_makes_each_of_its_people_once_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(ImportEnd.StartAsync);

    [Fact]
    public async Task I3_I4_The_events_of_a_removal_reach_their_receiver_alike_when_the_app_is_killed_before_or_after_any_of_its_requests()
    {
        await using var receiver = await EventReceiver.StartAsync();
        var streamId = await EventsEnd.SubscribedAsync(cloud.Test, receiver);
        await KillEverywhereAsync(async (test, admin) =>
        {
            var user = await test.NewUserAsync(phones: 2, accounts: 1);
            return new Flow(user, async () => (await admin.RemovalAsync(user.UserId, user.DeviceIds[0], "the-same-key")).Status)
            {
                Events = new EventsEnd(receiver, streamId, count: 2),
            };
        });
        await EventsEnd.UnsubscribedAsync(cloud.Test, streamId);
    }

    [Fact]
    public Task I4_I13_A_sign_in_request_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.AskAsync);

    [Fact]
    public Task I4_I13_A_sign_in_request_to_an_Android_phone_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() =>
        KillEverywhereAsync(PhoneFlows.AskAndroidAsync);

    [Fact]
    public Task I4_I13_An_acceptance_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.AcceptAsync);

    [Fact]
    public Task I4_I13_A_denial_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.NotMeAsync);

    [Fact]
    public Task I4_I13_A_guess_ends_alike_when_the_app_is_killed_before_or_after_any_of_its_requests() => KillEverywhereAsync(PhoneFlows.GuessAsync);

    private async Task KillEverywhereAsync(Func<TestCloud, AdminClient, Task<Flow>> prepareAsync)
    {
        var (always, sometimes, expected) = await ObserveAsync(prepareAsync);
        var kills = 0;
        for (var left = PointsOf(always); left.Length > 0;)
        {
            var missed = new List<(Flow Flow, RequestWatch Watch)>();
            foreach (var points in left.Chunk(PerWave))
            {
                var members = await KillAsync(prepareAsync, points, expected);
                kills++;
                missed.AddRange(members.Where(member => !member.Watch.IsStruck));
                sometimes.UnionWith(members.SelectMany(member => member.Watch.Requests).Except(always));
            }

            if (missed.Count == left.Length)
            {
                // Nobody was killed, so all of these flows were watched to their end: each shows that its request is not made always.
                Assert.All(missed, member => Assert.DoesNotContain(member.Watch.Point!.Request, member.Watch.Requests));
                sometimes.UnionWith(missed.Select(member => member.Watch.Point!.Request));
                break;
            }

            left = [.. missed.Select(member => member.Watch.Point!)];
        }

        foreach (var points in PointsOf(sometimes).Chunk(PerWave))
        {
            await KillAsync(prepareAsync, points, expected);
            kills++;
        }

        output.WriteLine($"{always.Count} requests, {always.Count * 2} points, {sometimes.Count} occasional requests, {kills} kills");
        output.WriteLine(string.Join('\n', always));
    }

    /// <summary>Runs flows that nobody disturbs: which requests they make, and how they end.</summary>
    private async Task<(HashSet<string> Always, HashSet<string> Sometimes, string End)> ObserveAsync(
        Func<TestCloud, AdminClient, Task<Flow>> prepareAsync)
    {
        var members = await KillAsync(prepareAsync, new KillPoint?[Undisturbed], expected: null);
        var requests = members.Select(member => member.Watch.Requests).ToArray();
        var always = requests.Aggregate(requests[0].ToHashSet(), (common, others) => [.. common.Intersect(others)]);
        Assert.NotEmpty(always);
        return (always, [.. requests.SelectMany(all => all).Except(always)], await FlowEnd.DescribeAsync(cloud.Test, members[0].Flow));
    }

    private async Task<IReadOnlyList<(Flow Flow, RequestWatch Watch)>> KillAsync(
        Func<TestCloud, AdminClient, Task<Flow>> prepareAsync, IEnumerable<KillPoint?> points, string? expected)
    {
        var members = new List<(Flow Flow, RequestWatch Watch)>();
        foreach (var point in points)
        {
            var flow = await prepareAsync(cloud.Test, cloud.Admin);
            members.Add((flow, new RequestWatch(flow.Concerns, point)));
        }

        await new KillWave(cloud, members).RunAsync();
        await cloud.AssertEndsAsync(
            members.Select(member => (member.Flow, $"{member.Watch.Point}")), expected ?? await FlowEnd.DescribeAsync(cloud.Test, members[0].Flow));
        return members;
    }

    private static KillPoint[] PointsOf(IEnumerable<string> requests) =>
        [.. requests.SelectMany(request => Enum.GetValues<FaultStage>().Select(stage => new KillPoint(request, stage)))];
}
