using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>Lets time do its work: timers tick, locks and schedules end, people open their phones.</summary>
internal static class FlowSettling
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static IReadOnlyList<string> Queues { get; } = [.. Topology.Read().ServiceBus.Queues.Select(queue => queue.Name)];

    /// <summary>Waits until the flows are done.</summary>
    /// <param name="test">The system.</param>
    /// <param name="flows">What was accepted.</param>
    /// <param name="passTime">Makes due what was scheduled.</param>
    /// <param name="arePhonesOpened">
    /// Whether people open their phones meanwhile: a push that came while the app was dead could not be verified, and such a phone learns
    /// it then. One that is opened before its push was sent is sent none any more.
    /// </param>
    public static async Task SettledAsync(TestCloud test, IReadOnlyList<Flow> flows, Action passTime, bool arePhonesOpened = true)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TestCloud.Patience);
        var open = flows;
        try
        {
            while (true)
            {
                await CalmAsync(test, open, patience.Token);
                open = await OpenAsync(test, open);
                if (open.Count == 0)
                {
                    return;
                }

                passTime();
                await test.ResumeAsync();
                if (open.Any(flow => flow.Events is not null))
                {
                    await test.Cloud.Host.RunTimerAsync("ResumeSignals");
                }

                if (open.Any(flow => flow.Bulk is not null))
                {
                    await test.Cloud.Host.RunTimerAsync("ResumeBulkWork");
                }

                if (arePhonesOpened)
                {
                    await Task.WhenAll(open.SelectMany(flow => flow.User.Phones).Select(phone => phone.OpenAppAsync(patience.Token)));
                }
            }
        }
        catch (OperationCanceledException cancelled) when (!Stop.IsCancellationRequested)
        {
            var ends = await Task.WhenAll(open.Select(flow => FlowEnd.DescribeAsync(test, flow)));
            throw new TimeoutException($"Stuck for {TestCloud.Patience.TotalSeconds} s:\n{string.Join("\n\n", ends)}", cancelled);
        }
    }

    /// <summary>How many messages wait, are locked and are dead in a queue; scheduled ones may be of other tests.</summary>
    public static (int Active, int Locked, int Dead) Left(this TestCloud test, string queue)
    {
        var count = test.Cloud.ServiceBus.Count(queue);
        return (count.Active, count.Locked, count.DeadLettered);
    }

    private static async Task CalmAsync(TestCloud test, IEnumerable<Flow> flows, CancellationToken cancellationToken)
    {
        await test.Cloud.Host.WaitUntilReadyAsync(cancellationToken);
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(cancellationToken);
        await Task.WhenAll(test.Cloud.Apns.DeliveredAsync(), test.Cloud.Fcm.DeliveredAsync()).WaitAsync(cancellationToken);
        await Task.WhenAll(flows.SelectMany(flow => flow.User.Phones).Select(phone => phone.ResumeAsync(cancellationToken)));
    }

    private static async Task<IReadOnlyList<Flow>> OpenAsync(TestCloud test, IReadOnlyList<Flow> flows)
    {
        var areDone = await Task.WhenAll(flows.Select(flow => FlowEnd.IsDoneAsync(test, flow)));
        return [.. flows.Where((_, index) => !areDone[index])];
    }
}
