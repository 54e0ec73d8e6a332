namespace BlokSec.Portal.Browser;

/// <summary>Tells the readings of a page that it was left. Its token stays good to ask after that, unlike that of a disposed source.</summary>
internal sealed class Leaving : IDisposable
{
    private readonly CancellationTokenSource source = new();

    public Leaving() => Token = source.Token;

    /// <summary>Cancelled when the page is left.</summary>
    public CancellationToken Token { get; }

    public void Dispose()
    {
        if (!Token.IsCancellationRequested)
        {
            source.Cancel();
            source.Dispose();
        }
    }
}
