namespace BlokSec.Portal.Parts;

/// <summary>One clock for everything on the page that counts: ticks each second while somebody listens.</summary>
internal sealed class Ticker(TimeProvider time) : IDisposable
{
    private ITimer? timer;
    private Action? ticked;

    /// <summary>A second went by.</summary>
    public event Action Ticked
    {
        add
        {
            ticked += value;
            timer ??= time.CreateTimer(_ => ticked?.Invoke(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        }

        remove
        {
            ticked -= value;
            if (ticked is null)
            {
                timer?.Dispose();
                timer = null;
            }
        }
    }

    public void Dispose() => timer?.Dispose();
}
