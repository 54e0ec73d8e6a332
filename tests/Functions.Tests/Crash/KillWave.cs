using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Crash;

/// <summary>
/// Flows of different users, each stopped at a point of its own. When all are there, the app is killed: one kill is one for each of
/// them, because no user's work depends on another's.
/// </summary>
internal sealed class KillWave(CrashCloud cloud, IReadOnlyList<(Flow Flow, RequestWatch Watch)> members)
{
    /// <summary>
    /// How long flows wait for each other. It only decides how many points one kill serves: flows that stand in the way of another
    /// (a host works on 16 messages of a queue at once) are killed without it.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isOver;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Starts all flows, kills the app once, and waits until all are done.</summary>
    public async Task RunAsync()
    {
        var flows = members.Select(member => member.Flow).ToArray();
        cloud.Test.Traffic.Hook = StopAtPointAsync;
        try
        {
            var accepted = Task.WhenAll(flows.Select(flow => flow.AcceptedAsync(Stop)));
            var settled = SettledAsync(accepted, flows);
            await Task.WhenAny(all.Task, GatheredAsync(), settled);
            if (EndGathering())
            {
                await cloud.KillAsync();
            }

            killed.SetResult();
            await settled;
        }
        finally
        {
            killed.TrySetResult();
            cloud.Test.Traffic.Hook = null;
        }
    }

    private async Task SettledAsync(Task accepted, Flow[] flows)
    {
        await accepted;
        await cloud.SettledAsync(flows);
    }

    private async Task GatheredAsync()
    {
        await first.Task;
        await Task.Delay(Gathering, Stop);
    }

    /// <summary>From here on nobody is stopped any more; true when somebody was.</summary>
    private bool EndGathering()
    {
        lock (gate)
        {
            isOver = true;
            return first.Task.IsCompleted;
        }
    }

    private async Task StopAtPointAsync(SeenRequest request, FaultStage stage)
    {
        lock (gate)
        {
            if (isOver || !members.Where(member => member.Watch.Strikes(request, stage)).Any())
            {
                return;
            }

            first.TrySetResult();
            if (members.All(member => member.Watch.IsStruck))
            {
                all.TrySetResult();
            }
        }

        await killed.Task;
        throw new OperationCanceledException("The app that sent this is dead.");
    }
}
