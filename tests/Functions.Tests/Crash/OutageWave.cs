using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>Flows of different users; for each of them something is out from a point of its own on, for a number of requests.</summary>
/// <param name="test">The system.</param>
/// <param name="members">The flows, and where each one's outage begins: right after the request of its point, or at the start without one.</param>
/// <param name="outage">What goes wrong; null for nothing.</param>
internal sealed class OutageWave(TestCloud test, IReadOnlyList<(Flow Flow, RequestWatch Watch)> members, FaultRule? outage)
{
    private readonly Lock gate = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Starts all flows and waits until all are done.</summary>
    public async Task RunAsync()
    {
        foreach (var (flow, watch) in members)
        {
            if (watch.Point is null)
            {
                Begin(flow);
            }
        }

        test.Traffic.Hook = BeginAtPointAsync;
        try
        {
            await Task.WhenAll(members.Select(member => member.Flow.AcceptedAsync(Stop)));
            await FlowSettling.SettledAsync(
                test, [.. members.Select(member => member.Flow)], () => test.Cloud.ServiceBus.ReleaseScheduled(), arePhonesOpened: false);
        }
        finally
        {
            test.Traffic.Hook = null;
            test.Traffic.Clear();
        }
    }

    private Task BeginAtPointAsync(SeenRequest request, FaultStage stage)
    {
        lock (gate)
        {
            foreach (var (flow, _) in members.Where(member => member.Watch.Strikes(request, stage)).ToArray())
            {
                Begin(flow);
            }
        }

        return Task.CompletedTask;
    }

    private void Begin(Flow flow)
    {
        if (outage is not null)
        {
            test.Traffic.Add(outage with { Contains = flow.User.UserId });
        }
    }
}
