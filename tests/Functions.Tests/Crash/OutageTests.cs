using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>
/// The published app while the database or the bus is out: for each flow from another of its requests on, for six requests, and then
/// all is well again. Flows that nobody disturbs tell first which requests there are, and the end.
/// </summary>
public sealed class OutageTests(CrashCloud cloud, ITestOutputHelper output) : IClassFixture<CrashCloud>
{
    private static readonly FaultRule Database = new() { StandIn = "cosmos", Caller = "BlokSec.Functions", Times = 6 };
    private static readonly FaultRule Bus = new() { StandIn = "servicebus", Operation = "send", Times = 6 };

    private static readonly Func<TestCloud, AdminClient, Task<Flow>>[] Flows =
    [
        Flow.RemoveAsync,
        Flow.UnregisterAsync,
        Flow.ClaimAsync,
        PhoneFlows.DepartAsync,
        PhoneFlows.ReportLostAsync,
        PhoneFlows.TakeBackAsync,
        PhoneFlows.RegisterHandleAsync,
        PhoneFlows.AskAsync,
        PhoneFlows.AskAndroidAsync,
        PhoneFlows.AcceptAsync,
        PhoneFlows.CancelAsync,
        PhoneFlows.NotMeAsync,
        PhoneFlows.MistypeAsync,
        PhoneFlows.GuessAsync,
    ];

    [Fact]
    public Task I3_I4_All_flows_end_alike_when_the_database_refuses_for_a_while() => OutAnywhereAsync(Database with { Status = 503 });

    [Fact]
    public Task I3_I4_All_flows_end_alike_when_the_database_hangs_up_for_a_while() => OutAnywhereAsync(Database with { Drop = true });

    [Fact]
    public Task I3_I4_All_flows_end_alike_when_answers_of_the_database_are_lost_for_a_while() =>
        OutAnywhereAsync(Database with { Drop = true, Stage = FaultStage.After });

    [Fact]
    public Task I3_I4_All_flows_end_alike_when_the_bus_refuses_for_a_while() => OutAnywhereAsync(Bus with { Status = 503 });

    [Fact]
    public Task I3_I4_All_flows_end_alike_when_the_bus_hangs_up_for_a_while() => OutAnywhereAsync(Bus with { Drop = true });

    [Fact]
    public Task I3_I4_All_flows_end_alike_when_answers_of_the_bus_are_lost_for_a_while() => OutAnywhereAsync(Bus with { Drop = true, Stage = FaultStage.After });

    [Theory]
    [InlineData("apns", FaultStage.Before)]
    [InlineData("apns", FaultStage.After)]
    [InlineData("fcm", FaultStage.Before)]
    [InlineData("fcm", FaultStage.After)]
    public Task I4_I13_A_sign_in_request_ends_alike_when_the_provider_hangs_up_before_or_after_it_took_the_push(string provider, FaultStage stage) => DisturbedAsync(
        [provider == "apns" ? PhoneFlows.AskAsync : PhoneFlows.AskAndroidAsync],
        (_, _) => [null],
        new FaultRule { StandIn = provider, Operation = "send", Drop = true, Stage = stage, Times = 1 });

    [Fact]
    public Task I4_All_flows_end_alike_when_each_message_comes_twice_and_the_newest_first() => DisturbedAsync(
        Flows,
        (_, _) => [null, null],
        new FaultRule { StandIn = "servicebus", Operation = "send", Duplicate = true },
        new FaultRule { StandIn = "servicebus", Operation = "receive", Reorder = true });

    private Task OutAnywhereAsync(FaultRule outage) => DisturbedAsync(
        Flows, (requests, standIn) => [null, .. requests.Where(request => request.StartsWith(standIn, StringComparison.Ordinal))], outage);

    /// <summary>Runs flows of each kind, first undisturbed and then with an outage at each of the points, and compares their ends.</summary>
    /// <param name="flows">The kinds.</param>
    /// <param name="pointsOf">Where outages begin, of the requests of a flow; null for its start.</param>
    /// <param name="outage">What goes wrong for each flow from its point on.</param>
    /// <param name="always">What goes wrong for all of them from the start.</param>
    private async Task DisturbedAsync(
        IReadOnlyList<Func<TestCloud, AdminClient, Task<Flow>>> flows,
        Func<IReadOnlyCollection<string>, string, IEnumerable<string?>> pointsOf,
        FaultRule outage,
        params FaultRule[] always)
    {
        var undisturbed = await RunAsync([.. flows.Select(prepareAsync => (prepareAsync, (string?)null))], null);
        var ends = await Task.WhenAll(undisturbed.Select(member => FlowEnd.DescribeAsync(cloud.Test, member.Flow)));
        var planned = flows.SelectMany((prepareAsync, kind) => pointsOf(undisturbed[kind].Watch.Requests, outage.StandIn!)
            .Select(point => (Prepare: prepareAsync, Point: point, End: ends[kind]))).ToArray();
        var mark = cloud.Test.Traffic.Mark;
        foreach (var rule in always)
        {
            cloud.Test.Traffic.Add(rule);
        }

        var members = await RunAsync([.. planned.Select(plan => (plan.Prepare, plan.Point))], outage);

        foreach (var (plan, (flow, _)) in planned.Zip(members))
        {
            await cloud.AssertEndsAsync([(flow, $"{outage.StandIn} out after {plan.Point ?? "nothing"}")], plan.End);
        }

        var lost = cloud.Test.Traffic.Since(mark).Count(request => Strikes(outage, request) && request.Status is 0 or 503);
        output.WriteLine($"{members.Count} flows, {lost} requests lost");
        Assert.Equal(outage.Times is not null, lost >= members.Count);
    }

    private static bool Strikes(FaultRule outage, SeenRequest request) =>
        request.StandIn == outage.StandIn
        && (outage.Operation is null || request.Operation == outage.Operation)
        && request.Caller.Contains(outage.Caller ?? "", StringComparison.Ordinal);

    private async Task<IReadOnlyList<(Flow Flow, RequestWatch Watch)>> RunAsync(
        IEnumerable<(Func<TestCloud, AdminClient, Task<Flow>> PrepareAsync, string? Point)> plans, FaultRule? outage)
    {
        var members = new List<(Flow Flow, RequestWatch Watch)>();
        foreach (var (prepareAsync, point) in plans)
        {
            var flow = await prepareAsync(cloud.Test, cloud.Admin);
            members.Add((flow, new RequestWatch(flow.Concerns, point is null ? null : new KillPoint(point, FaultStage.After))));
        }

        await new OutageWave(cloud.Test, members, outage).RunAsync();
        return members;
    }
}
