using System.Diagnostics;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>Work that comes at a fixed rate, whether the earlier is done or not.</summary>
internal static class OpenLoop
{
    public static async Task RunAsync(int perSecond, int count, Func<int, Task> work)
    {
        var begin = Stopwatch.GetTimestamp();
        var under = new Task[count];
        for (var number = 0; number < count; number++)
        {
            var wait = TimeSpan.FromSeconds((double)number / perSecond) - Stopwatch.GetElapsedTime(begin);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            var own = number;
            under[number] = Task.Run(() => work(own));
        }

        await Task.WhenAll(under);
    }
}
