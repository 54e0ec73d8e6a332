namespace BlokSec.Functions.Push;

/// <summary>
/// One connection to a provider, and the pushes that use it: it is closed when it was given up and the last of them has its answer, so
/// that no push fails because another one gave it up.
/// </summary>
internal sealed class PushLine(PushConnection connection, HttpMessageInvoker invoker)
{
    private readonly Lock gate = new();
    private readonly HashSet<PushDeadline> users = [];
    private bool isLeft;

    /// <summary>Begins to use the line; false when it was given up already.</summary>
    public bool TryEnter(PushDeadline user)
    {
        lock (gate)
        {
            return !isLeft && users.Add(user);
        }
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, PushDeadline user)
    {
        user.Wait(this);
        if (IsLeft())
        {
            // Given up since the user entered, which did not wait yet and so was not told.
            user.Move(this);
        }

        return invoker.SendAsync(request, user.Token);
    }

    /// <summary>Ends the use.</summary>
    public void Exit(PushDeadline user)
    {
        bool isLast;
        lock (gate)
        {
            users.Remove(user);
            isLast = isLeft && users.Count == 0;
        }

        if (isLast)
        {
            invoker.Dispose();
        }
    }

    private bool IsLeft()
    {
        lock (gate)
        {
            return isLeft;
        }
    }

    /// <summary>Has the connection take another line; false when it has already.</summary>
    public bool GiveUp() => connection.GiveUp(this);

    /// <summary>The line was given up: nobody enters any more, and whoever still waits for a stream goes elsewhere.</summary>
    public void Leave()
    {
        PushDeadline[] left;
        lock (gate)
        {
            isLeft = true;
            left = [.. users];
        }

        Array.ForEach(left, user => user.Move(this));
        if (left.Length == 0)
        {
            invoker.Dispose();
        }
    }
}
