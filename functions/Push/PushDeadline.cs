namespace BlokSec.Functions.Push;

/// <summary>
/// The deadlines of one attempt: to get ready, to get a stream of the connection, and, from the moment the request leaves, to get the
/// answer; getting ready may take a turn again. Only the last one is the provider's silence; it gives the connection up before it ends the attempt. A request that still
/// waits for a stream then moves to the next connection.
/// </summary>
internal sealed class PushDeadline : IDisposable
{
    /// <summary>How many times as long as for the answer a request waits for a stream.</summary>
    private const int TimeoutsPerWait = 3;

    private readonly TimeSpan timeout;
    private readonly TimeProvider time;
    private readonly CancellationToken stop;
    private readonly ITimer timer;
    private CancellationTokenSource source = new();
    private CancellationTokenRegistration stopping;
    private PushLine? line;
    private long waitsSince;
    private int phase;
    private int departures;

    public PushDeadline(TimeSpan timeout, TimeProvider time, CancellationToken stop)
    {
        this.timeout = timeout;
        this.time = time;
        this.stop = stop;
        stopping = CancelWith(stop);
        timer = time.CreateTimer(static self => ((PushDeadline)self!).Expire(), this, timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends what the attempt does at this moment.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Whether the attempt ended while it got ready: nothing is known about the provider.</summary>
    public bool EndedPreparing => Volatile.Read(ref phase) == Phase.EndedPreparing;

    /// <summary>Whether the attempt ended while it waited for a stream: nothing was sent.</summary>
    public bool EndedWaiting => Volatile.Read(ref phase) == Phase.EndedWaiting;

    /// <summary>Whether the connection was given up before the request left: it goes to the next one.</summary>
    public bool Moves => Volatile.Read(ref phase) == Phase.Moved && !IsStopped;

    /// <summary>Whether the caller gave the attempt up.</summary>
    public bool IsStopped => stop.IsCancellationRequested;

    /// <summary>Whether a time-out is news: of several on one connection only the first is, as the next connection may well be answered.</summary>
    public bool IsFirstOnLine { get; set; } = true;

    /// <summary>The writing of the request's body.</summary>
    public Task? Leaving { get; set; }

    /// <summary>Whether the request left once, and its body is written: nobody reads the payload any more.</summary>
    public bool HasLeft => departures == 1 && Leaving is { IsCompletedSuccessfully: true };

    /// <summary>The provider has answered, and something else is needed before it is asked again, such as another token.</summary>
    public void Prepare()
    {
        Volatile.Write(ref phase, Phase.Preparing);
        timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The request is handed to a connection. The time spent waiting on earlier ones counts.</summary>
    public void Wait(PushLine on)
    {
        line = on;
        IsFirstOnLine = false;
        if (Volatile.Read(ref phase) == Phase.Moved)
        {
            stopping.Dispose();
            source = new CancellationTokenSource();
            stopping = CancelWith(stop);
        }
        else
        {
            waitsSince = time.GetTimestamp();
        }

        Volatile.Write(ref phase, Phase.Waiting);
        var left = (timeout * TimeoutsPerWait) - time.GetElapsedTime(waitsSince);
        timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The request has its stream and leaves.</summary>
    /// <exception cref="OperationCanceledException">The attempt ended, or the connection was given up, a moment before.</exception>
    public void Leave()
    {
        if (Interlocked.CompareExchange(ref phase, Phase.Sent, Phase.Waiting) is not (Phase.Waiting or Phase.Sent))
        {
            throw new OperationCanceledException("The connection was given up.");
        }

        departures++;
        timer.Change(timeout, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A connection is given up.</summary>
    /// <param name="from">Which one; a request that waits at another one already stays there.</param>
    public void Move(PushLine from)
    {
        var waiting = source;
        if (ReferenceEquals(line, from) && Interlocked.CompareExchange(ref phase, Phase.Moved, Phase.Waiting) == Phase.Waiting)
        {
            waiting.Cancel();
        }
    }

    public void Dispose()
    {
        Volatile.Write(ref phase, Phase.Over);
        timer.Dispose();
        stopping.Dispose();
    }

    private void Expire()
    {
        if (Interlocked.CompareExchange(ref phase, Phase.EndedPreparing, Phase.Preparing) == Phase.Preparing)
        {
            source.Cancel();
            return;
        }

        if (Interlocked.CompareExchange(ref phase, Phase.EndedWaiting, Phase.Waiting) is Phase.Waiting or Phase.Sent)
        {
            // First, so that nobody who waits for a stream gets the one that becomes free now.
            IsFirstOnLine = line!.GiveUp();
        }

        if (Volatile.Read(ref phase) is Phase.EndedWaiting or Phase.Sent)
        {
            source.Cancel();
        }
    }

    // The sources have no timers and no links, so they are left to the collector: whoever gave the connection up may still be at one.
    private CancellationTokenRegistration CancelWith(CancellationToken token) =>
        token.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);

    private static class Phase
    {
        public const int Preparing = 0;
        public const int Waiting = 1;
        public const int Sent = 2;
        public const int Moved = 3;
        public const int EndedWaiting = 4;
        public const int Over = 5;
        public const int EndedPreparing = 6;
    }
}
