namespace BlokSec.Benchmarks.Bus;

/// <summary>What one process measured of its own sending.</summary>
/// <param name="FirstMs">Milliseconds of the first send.</param>
/// <param name="FirstCpuMs">Milliseconds of processor time from before the sender was made to the end of the first send.</param>
/// <param name="WarmUs">Median microseconds of a send, one after another.</param>
/// <param name="WarmCpuUs">Microseconds of processor time per send.</param>
/// <param name="FanOutMs">Median milliseconds of 30 messages to one queue.</param>
/// <param name="FanOutCpuUs">Microseconds of processor time per fan-out.</param>
internal sealed record BusSample(double FirstMs, double FirstCpuMs, double WarmUs, double WarmCpuUs, double FanOutMs, double FanOutCpuUs)
{
    public static BusSample Median(IReadOnlyCollection<BusSample> samples) => new(
        Middle(samples, sample => sample.FirstMs),
        Middle(samples, sample => sample.FirstCpuMs),
        Middle(samples, sample => sample.WarmUs),
        Middle(samples, sample => sample.WarmCpuUs),
        Middle(samples, sample => sample.FanOutMs),
        Middle(samples, sample => sample.FanOutCpuUs));

    private static double Middle(IReadOnlyCollection<BusSample> samples, Func<BusSample, double> value) =>
        samples.Select(value).Order().ElementAt(samples.Count / 2);
}
