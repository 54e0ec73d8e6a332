using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>
/// How fast each application polls for each request, as far as this instance sees it: the first poll may come at once, and a poll that came too
/// early makes the pause longer (CIBA Core 1.0, section 11, <c>slow_down</c>).
/// </summary>
internal sealed class PollPace(IOptions<SignInOptions> options, TimeProvider time)
{
    private const int Capacity = 50_000;

    private static readonly TimeSpan Penalty = TimeSpan.FromSeconds(5);

    /// <summary>How early a poll may be: the caller's clock and the network are not exact.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private ConcurrentDictionary<string, Pace> paces = new();

    /// <summary>Counts a poll; null when it may be answered, else for how long to wait before the next one.</summary>
    public TimeSpan? Refuse(string requestId)
    {
        if (paces.Count >= Capacity)
        {
            paces = new();
        }

        var now = time.GetUtcNow();
        var pause = TimeSpan.FromSeconds(options.Value.PollInterval);
        var pace = paces.AddOrUpdate(
            requestId,
            _ => new Pace(now, pause, IsTooFast: false),
            (_, last) => now + Grace < last.At + last.Pause ? new Pace(now, last.Pause + Penalty, IsTooFast: true) : last with { At = now, IsTooFast = false });
        return pace.IsTooFast ? pace.Pause : null;
    }

    /// <summary>A poll that was held ended: the next one may come at once.</summary>
    public void AllowNext(string requestId)
    {
        if (paces.TryGetValue(requestId, out var pace))
        {
            paces.TryUpdate(requestId, pace with { At = DateTimeOffset.MinValue }, pace);
        }
    }

    /// <summary>The request ended.</summary>
    public void Forget(string requestId) => paces.TryRemove(requestId, out _);

    private sealed record Pace(DateTimeOffset At, TimeSpan Pause, bool IsTooFast);
}
