namespace BlokSec.Functions.Push;

/// <summary>
/// How long a push waits for its next attempt: twice as long each time. Where a provider is out of order or not reached, at most 45
/// seconds for the first two hours, so that the push goes out within a minute after the trouble is over; then an eighth of the time
/// that the trouble has taken. Never longer than an hour.
/// </summary>
internal static class PushBackOff
{
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private const double Jitter = 0.25;
    private const int MostDoublings = 12;

    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestAtFirst = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan AtFirst = TimeSpan.FromHours(2);

    /// <param name="result">What became of the push; one that was held back made no attempt.</param>
    /// <param name="attempts">The attempts before this one.</param>
    /// <param name="trouble">For how long attempts have failed.</param>
    public static TimeSpan After(PushResult result, int attempts, TimeSpan trouble)
    {
        var longest = result is PushResult.Throttled ? Longest : trouble < AtFirst ? LongestAtFirst : Min(trouble / 8, Longest);
        var doubled = Shortest * Math.Pow(2, result.WasSent ? Math.Min(attempts, MostDoublings) : 0);
        return Min(doubled, longest / (1 + Jitter)) * (1 + (Random.Shared.NextDouble() * Jitter));
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
