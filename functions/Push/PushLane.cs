using System.Diagnostics;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Push;

/// <summary>
/// One way to a provider: its connection, its circuit breaker, and its bulkhead, which bounds the pushes in flight. Turns a broken line
/// or a time-out into a result, counts, and alerts. A push that does not enter the bulkhead soon is turned away, so that a provider that
/// hangs does not keep the host's calls, which the other provider's pushes need.
/// </summary>
internal sealed partial class PushLane(
    string provider,
    PushConnection connection,
    SemaphoreSlim bulkhead,
    ProviderCircuit circuitBreaker,
    TimeSpan timeout,
    PushMetrics metrics,
    TimeProvider time,
    ILogger<PushLane> logger) : IDisposable
{
    private const string OutcomeTag = "bloksec.push.outcome";
    private const string BusyReason = "Busy";
    private const string TimedOut = "TimedOut";
    private const string TokenTimedOut = "TokenTimedOut";

    /// <summary>How long a push waits for others to leave: long enough for a burst, as an answer takes about a tenth of this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly PushResult.Unavailable Busy =
        new(BusyReason, null, "The push service is slow; this push waits for its turn.") { WasSent = false };

    private static readonly PushResult.Unavailable NoToken =
        new(TokenTimedOut, null, "Our credentials for the push service could not be loaded in time; it will be tried again.") { WasSent = false };

    private readonly string name = "push " + provider;

    public PushConnection Connection { get; } = connection;

    /// <summary>Begins the span of an attempt. The payload names the removal's span instead, so that every attempt sends the same bytes.</summary>
    public Activity? Begin(RevokePush push) =>
        Sources.Activities.StartActivity(name, ActivityKind.Client)?
            .SetTag("bloksec.tenant", push.TenantId).SetTag("bloksec.user", push.UserId).SetTag("bloksec.device", push.DeviceId);

    /// <summary>Makes an attempt unless the circuit is open or the bulkhead is full.</summary>
    public async Task<PushResult> RunAsync(
        RevokePush push, Func<PushDeadline, Task<PushResult>> attempt, CancellationToken cancellationToken)
    {
        if (!await TryEnterAsync(cancellationToken))
        {
            return Unsent(Busy, "busy");
        }

        try
        {
            if (!circuitBreaker.TryEnter(out var isProbe, out var refusal))
            {
                return Unsent(refusal, "held");
            }

            if (isProbe)
            {
                Connection.Renew();
            }

            var result = await RecordedAsync(attempt, isProbe, cancellationToken);
            return ReferenceEquals(result, Busy) ? Unsent(result, "busy") : Report(push, result);
        }
        finally
        {
            bulkhead.Release();
        }
    }

    /// <summary>Counts a result, and logs it where an operator must look.</summary>
    public PushResult Report(RevokePush push, PushResult result)
    {
        metrics.Count(provider, result.Outcome);
        Activity.Current?.SetTag(OutcomeTag, result.Outcome).SetStatus(
            result is PushResult.Accepted ? ActivityStatusCode.Unset : ActivityStatusCode.Error, result.Reason);
        if (result.Alert && result is not PushResult.Misconfigured)
        {
            Log.Alert(logger, provider, result.Outcome, result.Reason, push.DeviceId, result.Explanation);
        }

        return result;
    }

    public void Dispose() => Connection.Dispose();

    private async ValueTask<bool> TryEnterAsync(CancellationToken cancellationToken)
    {
        if (bulkhead.Wait(0, CancellationToken.None))
        {
            return true;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await bulkhead.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private PushResult Unsent(PushResult result, string outcome)
    {
        metrics.Count(provider, outcome);
        Activity.Current?.SetTag(OutcomeTag, outcome);
        return result;
    }

    private async Task<PushResult> RecordedAsync(
        Func<PushDeadline, Task<PushResult>> attempt, bool isProbe, CancellationToken cancellationToken)
    {
        PushResult? result = null;
        try
        {
            result = await InTimeAsync(attempt, cancellationToken);
        }
        finally
        {
            var tellsNothing = result is PushResult.Unavailable { Reason: BusyReason or TokenTimedOut } or PushResult.Unavailable { Reason: TimedOut, Hangs: false };
            result = circuitBreaker.Record(tellsNothing ? null : result, isProbe) ?? result;
        }

        return result!;
    }

    private async Task<PushResult> InTimeAsync(Func<PushDeadline, Task<PushResult>> attempt, CancellationToken cancellationToken)
    {
        using var deadline = new PushDeadline(timeout, time, cancellationToken);
        try
        {
            return await attempt(deadline);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return deadline.EndedPreparing ? NoToken
                : deadline.EndedWaiting ? Busy
                : new PushResult.Unavailable(TimedOut, null, "The push service did not answer in time; it will be tried again.")
                {
                    Hangs = deadline.IsFirstOnLine,
                };
        }
        catch (HttpRequestException exception)
        {
            return Broken(exception.HttpRequestError.ToString());
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return Broken("ConnectionBroken");
        }
    }

    private static PushResult.Unavailable Broken(string reason) =>
        new(reason, null, "The push service could not be reached; it will be tried again.");

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "A push through {Provider} ended as {Outcome} ({Reason}) and needs an operator. Device {DeviceId}: {Explanation}")]
        public static partial void Alert(ILogger logger, string provider, string outcome, string reason, string deviceId, string explanation);
    }
}
