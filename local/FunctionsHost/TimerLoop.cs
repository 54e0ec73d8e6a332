namespace BlokSec.Local.FunctionsHost;

/// <summary>Runs one timer function at its times (UTC), never twice at once.</summary>
internal sealed class TimerLoop(TimerFunction function, Invoker invoker, TimeProvider time)
{
    /// <summary>The longest that one timer of the operating system is asked to wait.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(12);

    private DateTimeOffset? last;

    public TimerFunction Function => function;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (function.RunOnStartup)
            {
                await TickAsync(input: null);
            }

            while (function.Schedule.GetNextOccurrence(time.GetUtcNow(), TimeZoneInfo.Utc) is { } next)
            {
                while (next - time.GetUtcNow() is { Ticks: > 0 } left)
                {
                    await Task.Delay(left < LongestDelay ? left : LongestDelay, time, cancellationToken);
                }

                var now = time.GetUtcNow();
                await TickAsync(input: null);
                last = now;
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    /// <summary>Runs the function now; false when it failed.</summary>
    /// <param name="input">What the caller of the admin endpoint sent.</param>
    public Task<bool> TickAsync(string? input) => invoker.InvokeAsync(function, TimerTrigger.Invoke(function, last, input));
}
