namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>The real clock, moved forward at will: what waits still waits for real, what looks at the time sees the future.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long ticks;
    private long stoppedAt;

    public override DateTimeOffset GetUtcNow() =>
        (Interlocked.Read(ref stoppedAt) is > 0 and var stopped ? new DateTimeOffset(stopped, TimeSpan.Zero) : base.GetUtcNow())
        .AddTicks(Interlocked.Read(ref ticks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);

    /// <summary>Stops the clock: from now on it moves only when it is told to, however slow the machine is.</summary>
    public void Stop() => Interlocked.Exchange(ref stoppedAt, base.GetUtcNow().UtcTicks);
}
