using System.Diagnostics;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.AuthenticationRequests;

/// <summary>
/// The polls that this instance holds until there is an outcome (long polling; CIBA Core 1.0, section 7.3). Each keeps a connection and reads its
/// request each second, so that their number is bounded; one application gets half of the places at most.
/// </summary>
internal sealed class HeldPolls(IOptions<SignInOptions> options, IHostApplicationLifetime app, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<CallingApplication, int> ofApplications = [];
    private int taken;

    /// <summary>Takes a place, which is free again when it is disposed of; null when there is none.</summary>
    public IDisposable? TryEnter(CallingApplication application)
    {
        lock (gate)
        {
            var most = options.Value.MaxHeldPolls;
            var own = ofApplications.GetValueOrDefault(application);
            if (taken >= most || own >= (most + 1) / 2)
            {
                return null;
            }

            taken++;
            ofApplications[application] = own + 1;
            return new Place(this, application);
        }
    }

    /// <summary>Reads the request again until it is not pending any more, the time is over or the app stops.</summary>
    /// <param name="context">The call, which may take so much longer than others.</param>
    /// <param name="wait">For how long.</param>
    /// <param name="request">The request as it is.</param>
    /// <param name="read">Reads it again; null when it is gone.</param>
    /// <param name="cancellationToken">The caller left.</param>
    public async Task<AuthenticationRequestDocument?> WaitAsync(
        HttpContext context,
        TimeSpan wait,
        AuthenticationRequestDocument? request,
        Func<CancellationToken, Task<AuthenticationRequestDocument?>> read,
        CancellationToken cancellationToken)
    {
        Activity.Current?.SetTag("bloksec.held", true);
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(wait + RequestLimits.Deadline);
        using var early = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, app.ApplicationStopping);
        var start = time.GetTimestamp();
        while (request?.WaitsAt(time.GetUtcNow()) == true
            && !app.ApplicationStopping.IsCancellationRequested
            && wait - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Pause ? left : Pause, time, early.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            request = await read(deadline.Token);
        }

        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics)
        {
            // Waiting is no slowness.
            metrics.MetricsDisabled = true;
        }

        return request;
    }

    private void Leave(CallingApplication application)
    {
        lock (gate)
        {
            taken--;
            if (--ofApplications[application] is 0)
            {
                ofApplications.Remove(application);
            }
        }
    }

    private sealed class Place(HeldPolls polls, CallingApplication application) : IDisposable
    {
        private bool isFree;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref isFree, true))
            {
                polls.Leave(application);
            }
        }
    }
}
