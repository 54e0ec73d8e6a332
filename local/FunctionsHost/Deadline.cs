namespace BlokSec.Local.FunctionsHost;

/// <summary>How long an invocation may take: <c>functionTimeout</c>.</summary>
/// <param name="Timeout">Null for as long as it likes.</param>
/// <param name="Time">The clock.</param>
internal sealed record Deadline(TimeSpan? Timeout, TimeProvider Time)
{
    /// <summary>Starts the time of one invocation.</summary>
    public RunningDeadline Start(CancellationToken cancellationToken) => new(Timeout ?? System.Threading.Timeout.InfiniteTimeSpan, Time, cancellationToken);
}

/// <summary>The time of one invocation.</summary>
internal sealed class RunningDeadline : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource either;

    public RunningDeadline(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        timer = new CancellationTokenSource(timeout, time);
        either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
    }

    /// <summary>Cancelled when the time is over, or when the host stops.</summary>
    public CancellationToken Token => either.Token;

    public void Dispose()
    {
        either.Dispose();
        timer.Dispose();
    }
}
