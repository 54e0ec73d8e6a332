using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Stops the first request of a kind right before it takes effect, so that others can be faster; those pass.</summary>
internal sealed class HeldRequest : IDisposable
{
    private readonly TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<SeenRequest, FaultStage, Task>? before;
    private readonly Traffic traffic;
    private int held;

    /// <param name="test">Whose stand-ins.</param>
    /// <param name="operation">What the request asks of the database.</param>
    /// <param name="contains">What its path or partition key contains; null for any.</param>
    public HeldRequest(TestCloud test, string operation, string? contains = null)
    {
        traffic = test.Traffic;
        before = traffic.Hook;
        traffic.Hook = (seen, stage) =>
        {
            if (seen.StandIn == "cosmos" && seen.Operation == operation && stage == FaultStage.Before
                && (contains is null || seen.Searchable.Contains(contains, StringComparison.Ordinal))
                && Interlocked.Exchange(ref held, 1) == 0)
            {
                arrived.TrySetResult();
                return release.Task;
            }

            return before?.Invoke(seen, stage) ?? Task.CompletedTask;
        };
    }

    public Task ArrivedAsync() => arrived.Task.WaitAsync(TestCloud.Patience, TestContext.Current.CancellationToken);

    public void Release() => release.TrySetResult();

    public void Dispose()
    {
        traffic.Hook = before;
        Release();
    }
}
