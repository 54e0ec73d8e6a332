namespace BlokSec.Functions.Push;

/// <summary>
/// One connection to a provider, and how many pushes use it: it is closed when it was left and the last of them has its answer, so that
/// no push fails because another one was told to leave.
/// </summary>
internal sealed class PushLine(HttpMessageInvoker invoker)
{
    private readonly HttpMessageInvoker invoker = invoker;
    private readonly Lock gate = new();
    private int users;
    private bool isLeft;

    /// <summary>Begins to use the line; null when it was left already.</summary>
    public Use? TryUse()
    {
        lock (gate)
        {
            if (isLeft)
            {
                return null;
            }

            users++;
            return new Use(this);
        }
    }

    /// <summary>Lets nobody use the line any more.</summary>
    public void Leave()
    {
        lock (gate)
        {
            isLeft = true;
        }

        CloseIfUnused();
    }

    private void EndUse()
    {
        lock (gate)
        {
            users--;
        }

        CloseIfUnused();
    }

    private void CloseIfUnused()
    {
        lock (gate)
        {
            if (!isLeft || users > 0)
            {
                return;
            }
        }

        invoker.Dispose();
    }

    /// <summary>A push's use of the line; ends when its answer is read.</summary>
    internal sealed class Use(PushLine line) : IDisposable
    {
        public PushLine Line => line;

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            line.invoker.SendAsync(request, cancellationToken);

        public void Dispose() => line.EndUse();
    }
}
