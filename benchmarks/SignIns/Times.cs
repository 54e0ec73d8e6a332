using System.Collections.Concurrent;
using System.Diagnostics;

namespace BlokSec.Benchmarks.SignIns;

/// <summary>How long something took, again and again.</summary>
internal sealed class Times
{
    private readonly ConcurrentBag<double> milliseconds = [];

    /// <summary>Something took from then until now.</summary>
    public void Since(long timestamp) => Between(timestamp, Stopwatch.GetTimestamp());

    /// <summary>Something took from one timestamp to another.</summary>
    public void Between(long start, long end) => milliseconds.Add(Stopwatch.GetElapsedTime(start, end).TotalMilliseconds);

    /// <summary>The time that so many did not exceed.</summary>
    /// <param name="share">0.5 for the median.</param>
    public double At(double share)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
    }

    public override string ToString() => $"{milliseconds.Count,6}   {At(0.5),7:F1}   {At(0.99),7:F1}   {At(1),7:F1}";
}
