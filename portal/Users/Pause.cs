using BlokSec.Portal.Browser;

namespace BlokSec.Portal.Users;

/// <summary>The time between two readings: over early when there is a reason, and never while the tab is hidden.</summary>
internal sealed class Pause : IDisposable
{
    private readonly BrowserPage page;
    private readonly TimeProvider time;
    private TaskCompletionSource over = NewOver();

    public Pause(BrowserPage page, TimeProvider time)
    {
        (this.page, this.time) = (page, time);
        page.Changed += End;
    }

    public async Task WaitAsync(TimeSpan length, CancellationToken cancellationToken)
    {
        do
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(Task.Delay(length, time, waiting.Token), over.Task);
            await waiting.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            over = NewOver();
            length = Timeout.InfiniteTimeSpan;
        }
        while (!page.IsVisible);
    }

    /// <summary>Ends the pause, or the next one if none is under way.</summary>
    public void End() => over.TrySetResult();

    public void Dispose() => page.Changed -= End;

    private static TaskCompletionSource NewOver() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
