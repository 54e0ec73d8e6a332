using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BlokSec.Benchmarks.Contention;

/// <summary>How long decisions took to be answered.</summary>
internal sealed class Samples
{
    private readonly Dictionary<string, List<double>> milliseconds = [];

    public async Task MeasureAsync(string function, Func<Task> decide)
    {
        var watch = Stopwatch.StartNew();
        await decide();
        if (!milliseconds.TryGetValue(function, out var all))
        {
            milliseconds[function] = all = [];
        }

        all.Add(watch.Elapsed.TotalMilliseconds);
    }

    public void Print(Tries tries)
    {
        Console.WriteLine("decision               decisions   first try   p50 ms   p99 ms   max ms");
        foreach (var (function, all) in milliseconds)
        {
            var sorted = all.Order().ToArray();
            Console.WriteLine(
                $"{function,-22} {sorted.Length,9}   {tries.First(function),9}   {At(sorted, 0.5),6:F0}   {At(sorted, 0.99),6:F0}   {sorted[^1],6:F0}");
        }
    }

    private static double At(double[] sorted, double share) => sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}

/// <summary>How many decisions were committed by their first try: it takes one query and one batch.</summary>
internal sealed class Tries : IDisposable
{
    private const int RequestsOfFirstTry = 2;

    private readonly ConcurrentBag<string> first = [];
    private readonly MeterListener listener = new();

    public Tries()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == "bloksec.invocation.requests")
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, requests, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value as string);
            if (named["dependency"] == "cosmos" && requests <= RequestsOfFirstTry)
            {
                first.Add(named["function"]!);
            }
        });
        listener.Start();
    }

    public int First(string function) => first.Count(other => other == function);

    public void Clear() => first.Clear();

    public void Dispose() => listener.Dispose();
}
