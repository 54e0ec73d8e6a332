using System.Collections.Concurrent;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>
/// Stands in front of the function app's queues: a message is handed out, but does not arrive before the test lets it through. So a
/// test sees the world between any two messages, and what one message alone does.
/// </summary>
internal sealed class Turnstile : IDisposable
{
    private readonly ConcurrentDictionary<string, Gate> gates;
    private readonly TestCloud test;

    public Turnstile(TestCloud test, params string[] queues)
    {
        this.test = test;
        gates = new(queues.Select(queue => KeyValuePair.Create(queue, new Gate())));
        test.Traffic.Hook = HoldAsync;
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Lets one message through and waits until its function has done with it.</summary>
    /// <returns>What the stand-ins saw meanwhile.</returns>
    public async Task<IReadOnlyList<SeenRequest>> LetThroughAsync(string queue)
    {
        var gate = gates[queue];
        await gate.Waiting.Task.WaitAsync(TestCloud.Patience, Stop);
        var mark = test.Traffic.Mark;
        await gate.OpenAsync().WaitAsync(TestCloud.Patience, Stop);
        return test.Traffic.Since(mark);
    }

    /// <summary>Waits until a message stands before the turnstile.</summary>
    public Task WaitingAsync(string queue) => gates[queue].Waiting.Task.WaitAsync(TestCloud.Patience, Stop);

    /// <summary>Lets everything through from now on.</summary>
    public void Dispose()
    {
        test.Traffic.Hook = null;
        foreach (var gate in gates.Values)
        {
            gate.TakeAway();
        }
    }

    private async Task HoldAsync(SeenRequest request, FaultStage stage)
    {
        if (request.StandIn != "servicebus" || stage != FaultStage.After || !gates.TryGetValue(request.Path.Split('/')[1], out var gate))
        {
            return;
        }

        if (request.Operation == "receive" && test.Cloud.ServiceBus.Count(request.Path.Split('/')[1]).Locked > 0)
        {
            // Only one receiver per queue, so only one message stands here. One that waited in vain is not held.
            await gate.StandBeforeAsync();
        }
        else if (request.Operation is "complete" or "abandon")
        {
            gate.Settle();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Gate
    {
        private readonly Lock turn = new();
        private TaskCompletionSource open = NewSignal();
        private TaskCompletionSource settled = NewSignal();
        private bool isGone;

        public TaskCompletionSource Waiting { get; private set; } = NewSignal();

        /// <summary>A message stands here until it is let through, or at once when the gate was taken away.</summary>
        public Task StandBeforeAsync()
        {
            lock (turn)
            {
                if (isGone)
                {
                    return Task.CompletedTask;
                }

                open = NewSignal();
                Waiting.TrySetResult();
                return open.Task;
            }
        }

        /// <summary>Lets the message through; ends when it is settled.</summary>
        public Task OpenAsync()
        {
            lock (turn)
            {
                Waiting = NewSignal();
                settled = NewSignal();
                open.SetResult();
                return settled.Task;
            }
        }

        public void Settle()
        {
            lock (turn)
            {
                settled.TrySetResult();
            }
        }

        public void TakeAway()
        {
            lock (turn)
            {
                isGone = true;
                open.TrySetResult();
            }
        }
    }
}
