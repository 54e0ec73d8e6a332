using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>The published app dies again and again with the same messages in hand.</summary>
public sealed class CrashLoopTests(CrashCloud cloud) : IClassFixture<CrashCloud>
{
    private const int Crashes = 10;
    private const int Messages = 12;

    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I3_Ten_crashes_cost_each_message_in_hand_one_delivery_each_and_dead_letter_none()
    {
        var flows = new List<Flow>();
        using (test.BusOut())
        {
            while (flows.Count < Messages)
            {
                flows.Add(await Flow.RemoveAsync(test, cloud.Admin));
                await flows[^1].AcceptedAsync(Stop);
            }
        }

        var recovered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Traffic.Hook = (request, stage) =>
            stage == FaultStage.Before && request.StandIn == "cosmos" && flows.Exists(flow => flow.Concerns(request)) ? recovered.Task : Task.CompletedTask;
        try
        {
            _ = test.ResumeAsync();
            for (var crash = 1; crash <= Crashes; crash++)
            {
                await InHandAsync(crash);
                await cloud.KillAsync();
            }

            await InHandAsync(Crashes + 1);
        }
        finally
        {
            test.Traffic.Hook = null;
            recovered.SetResult();
        }

        await cloud.SettledAsync(flows);
        Assert.All(FlowSettling.Queues, queue => Assert.Equal((0, 0, 0), test.Left(queue)));
    }

    /// <summary>Waits until all messages are in hand, each for the delivery told and no later one.</summary>
    private async Task InHandAsync(int delivery)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TestCloud.Patience);
        await test.Cloud.ServiceBus.WaitAsync(
            () => test.Cloud.ServiceBus.Peek(Queues.Revocations).Count(message => message.LockedUntil is not null && message.DeliveryCount >= delivery) == Messages,
            patience.Token);
        Assert.All(test.Cloud.ServiceBus.Peek(Queues.Revocations), message => Assert.Equal(delivery, message.DeliveryCount));
    }
}
