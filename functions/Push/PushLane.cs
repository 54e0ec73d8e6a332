using System.Diagnostics;
using BlokSec.Contracts;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Push;

/// <summary>
/// One way to a provider: its connection, its circuit breaker, and its bulkheads, which bound the pushes in flight. Turns a broken line
/// or a time-out into a result, counts, and alerts. A push that does not enter the bulkhead soon is turned away, so that a provider that
/// hangs does not keep the host's calls, which the other provider's pushes need.
/// </summary>
internal sealed partial class PushLane(
    string provider,
    PushConnection connection,
    PushBulkheads bulkheads,
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

    /// <inheritdoc cref="ProviderCircuit.Health"/>
    public PushProviderHealth Health => circuitBreaker.Health();

    /// <summary>Makes an attempt, in a span of its own, unless the circuit is open or the bulkhead is full.</summary>
    /// <param name="push">What is sent.</param>
    /// <param name="payload">Its payload, not to be used afterwards; null when it is larger than the provider takes.</param>
    /// <param name="attempt">Sends it.</param>
    /// <param name="cancellationToken">Gives the attempt up.</param>
    public async Task<PushResult> RunAsync(
        PhonePush push,
        PushPayload? payload,
        Func<PhonePush, PushPayload, PushDeadline, ValueTask<PushResult>> attempt,
        CancellationToken cancellationToken)
    {
        using var activity = Begin(push);
        var bulkhead = bulkheads.Of(push);
        if (payload is not { } body)
        {
            return Report(push, PushResult.TooLarge());
        }

        if (!await TryEnterAsync(bulkhead, cancellationToken))
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

            PushResult? result = null;
            using var deadline = new PushDeadline(timeout, time, cancellationToken);
            try
            {
                result = await attempt(push, body, deadline);
                if (result is PushResult.Accepted && deadline.HasLeft)
                {
                    body.Return();
                }
            }
            catch (Exception exception) when (Failure(exception, deadline, cancellationToken) is { } failure)
            {
                result = failure;
            }
            finally
            {
                result = circuitBreaker.Record(TellsNothing(result) ? null : result, isProbe) ?? result;
            }

            return ReferenceEquals(result, Busy) ? Unsent(result!, "busy") : Report(push, result!);
        }
        finally
        {
            bulkhead.Release();
        }
    }

    /// <summary>Counts a result, and logs it where an operator must look.</summary>
    private PushResult Report(PhonePush push, PushResult result)
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

    /// <summary>Begins the span of an attempt. The payload names the removal's span instead, so that every attempt sends the same bytes.</summary>
    private Activity? Begin(PhonePush push) =>
        Sources.Activities.StartActivity(name, ActivityKind.Client)?
            .SetTag("bloksec.tenant", push.TenantId).SetTag("bloksec.user", push.UserId).SetTag("bloksec.device", push.DeviceId);

    private async ValueTask<bool> TryEnterAsync(SemaphoreSlim bulkhead, CancellationToken cancellationToken)
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

    /// <summary>Whether nothing is known about the provider after this result.</summary>
    private static bool TellsNothing(PushResult? result) =>
        result is PushResult.Unavailable { Reason: BusyReason or TokenTimedOut } or PushResult.Unavailable { Reason: TimedOut, Hangs: false };

    /// <summary>What a broken line or a time-out means; null for what is none of both.</summary>
    private static PushResult.Unavailable? Failure(Exception exception, PushDeadline deadline, CancellationToken cancellationToken) => exception switch
    {
        OperationCanceledException when cancellationToken.IsCancellationRequested => null,
        OperationCanceledException when deadline.EndedPreparing => NoToken,
        OperationCanceledException when deadline.EndedWaiting => Busy,
        OperationCanceledException => new(TimedOut, null, "The push service did not answer in time; it will be tried again.")
        {
            Hangs = deadline.IsFirstOnLine,
        },
        HttpRequestException broken => Broken(broken.HttpRequestError.ToString()),
        IOException or ObjectDisposedException => Broken("ConnectionBroken"),
        _ => null,
    };

    private static PushResult.Unavailable Broken(string reason) =>
        new(reason, null, "The push service could not be reached; it will be tried again.");

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A push through {Provider} ended as {Outcome} ({Reason}) and needs an operator. Device {DeviceId}: {Explanation}")]
        public static partial void Alert(ILogger logger, string provider, string outcome, string reason, string deviceId, string explanation);
    }
}
