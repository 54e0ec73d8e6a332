using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Revocations;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>
/// The requests are not listed here: undisturbed flows show them first. A request that all of those make must be met by a kill before
/// and one after it; others, such as the repetition after a conflict, are killed when they occur.
/// </summary>
public abstract class KilledAnywhere(CrashCloud cloud, ITestOutputHelper output) : IClassFixture<CrashCloud>
{
    private const int Undisturbed = 6;
    private const int PerWave = 14;

    private protected CrashCloud Cloud => cloud;

    private protected async Task HeldAsync(Func<TestCloud, AdminClient, Task<Flow>> prepareAsync)
    {
        await cloud.Admin.HoldAsync(minutes: 60);
        await KillEverywhereAsync(prepareAsync);
        await cloud.Admin.HoldAsync(minutes: 0);
    }

    private protected async Task KillEverywhereAsync(Func<TestCloud, AdminClient, Task<Flow>> prepareAsync)
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
