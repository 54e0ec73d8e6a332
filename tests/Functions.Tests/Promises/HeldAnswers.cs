using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>A provider that hangs: the requests meant get no answer before the end of the scope.</summary>
internal sealed class HeldAnswers : IDisposable
{
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Traffic traffic;
    private int held;

    /// <param name="test">Whose stand-ins.</param>
    /// <param name="provider"><c>apns</c> or <c>fcm</c>.</param>
    /// <param name="most">How many requests hang; the first ones.</param>
    /// <param name="stage">Whether they hang before the push is taken or after it.</param>
    public HeldAnswers(TestCloud test, string provider, int most = int.MaxValue, FaultStage stage = FaultStage.Before)
    {
        traffic = test.Traffic;
        traffic.Hook = (seen, at) =>
            seen.StandIn == provider && seen.Operation == "send" && at == stage && Interlocked.Increment(ref held) <= most
                ? release.Task
                : Task.CompletedTask;
    }

    /// <summary>How many hang, or would if more were allowed to.</summary>
    public int Count => Volatile.Read(ref held);

    public void Dispose()
    {
        traffic.Hook = null;
        release.TrySetResult();
    }
}
