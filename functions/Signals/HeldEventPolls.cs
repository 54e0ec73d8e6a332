using System.Diagnostics;
using BlokSec.Functions.Http;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Signals;

/// <summary>
/// The polls that this instance holds until there is an event (RFC 8936, section 2.4). Each keeps a connection and looks once a second, so that their
/// number is bounded; one receiver gets half of the places at most. Who gets none is answered at once.
/// </summary>
internal sealed class HeldEventPolls(IOptions<SignalOptions> options, IHostApplicationLifetime app, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<CallingApplication, int> ofReceivers = [];
    private int taken;

    /// <summary>Looks until there is something, the time is over, the caller leaves or the app stops.</summary>
    /// <param name="context">The call, which may take so much longer than others.</param>
    /// <param name="receiver">Who polls.</param>
    /// <param name="look">Looks; empty for nothing.</param>
    /// <param name="cancellationToken">The caller left.</param>
    public async Task<IReadOnlyList<EventDocument>> WaitAsync(
        HttpContext context,
        CallingApplication receiver,
        Func<CancellationToken, Task<IReadOnlyList<EventDocument>>> look,
        CancellationToken cancellationToken)
    {
        if (!TryEnter(receiver))
        {
            return [];
        }

        try
        {
            Activity.Current?.SetTag("bloksec.held", true);
            context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
            if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
            {
                // Waiting is no slowness.
                metrics.MetricsDisabled = true;
            }

            return await LookAsync(TimeSpan.FromSeconds(options.Value.MaxPollSeconds), look, cancellationToken);
        }
        finally
        {
            Leave(receiver);
        }
    }

    private async Task<IReadOnlyList<EventDocument>> LookAsync(
        TimeSpan wait, Func<CancellationToken, Task<IReadOnlyList<EventDocument>>> look, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(wait + RequestLimits.Deadline);
        using var early = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.ApplicationStopping);
        var start = time.GetTimestamp();
        IReadOnlyList<EventDocument> found = [];
        while (found.Count == 0
            && !app.ApplicationStopping.IsCancellationRequested
            && wait - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Pause ? left : Pause, time, early.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            found = await look(deadline.Token);
        }

        return found;
    }

    private bool TryEnter(CallingApplication receiver)
    {
        lock (gate)
        {
            var most = options.Value.MaxHeldPolls;
            var own = ofReceivers.GetValueOrDefault(receiver);
            if (taken >= most || own >= (most + 1) / 2)
            {
                return false;
            }

            taken++;
            ofReceivers[receiver] = own + 1;
            return true;
        }
    }

    private void Leave(CallingApplication receiver)
    {
        lock (gate)
        {
            taken--;
            if (--ofReceivers[receiver] is 0)
            {
                ofReceivers.Remove(receiver);
            }
        }
    }
}
