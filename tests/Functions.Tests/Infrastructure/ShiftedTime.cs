namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>The real clock, moved forward at will: what waits still waits for real, what looks at the time sees the future.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long ticks;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref ticks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref ticks, by.Ticks);
}
