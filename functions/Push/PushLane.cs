using System.Diagnostics;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Push;

/// <summary>
/// One way to a provider: its connection, its circuit, and its share of the pushes in flight. Turns a broken line or a time-out into a
/// result, counts, and alerts. A push that finds no place soon is turned away, so that a provider that hangs does not keep the host's
/// calls, which the other provider's pushes need.
/// </summary>
internal sealed partial class PushLane(
    string provider,
    PushConnection connection,
    SemaphoreSlim inFlight,
    ProviderCircuit circuit,
    TimeSpan timeout,
    PushMetrics metrics,
    TimeProvider time,
    ILogger<PushLane> logger) : IDisposable
{
    private const string OutcomeTag = "bloksec.push.outcome";

    /// <summary>How long a push waits for others to leave: long enough for a burst, as an answer takes about a tenth of this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly string name = "push " + provider;

    public PushConnection Connection { get; } = connection;

    /// <summary>Begins the span of an attempt. The payload names the removal's span instead, so that every attempt sends the same bytes.</summary>
    public Activity? Begin(RevokePush push) =>
        Sources.Activities.StartActivity(name, ActivityKind.Client)?
            .SetTag("bloksec.tenant", push.TenantId).SetTag("bloksec.user", push.UserId).SetTag("bloksec.device", push.DeviceId);

    /// <summary>Makes an attempt unless the circuit is open or no place is free.</summary>
    public async Task<PushResult> RunAsync(
        RevokePush push, Func<CancellationToken, Task<PushResult>> attempt, CancellationToken cancellationToken)
    {
        if (!await TakePlaceAsync(cancellationToken))
        {
            var busy = new PushResult.Unavailable("Busy", null, "The push service is slow; this push waits for its turn.") { WasSent = false };
            return Unsent(busy, "busy");
        }

        try
        {
            return circuit.Hold(out var probe) is { } held ? Unsent(held, "held") : Report(push, (await SettledAsync(attempt, probe, cancellationToken))!);
        }
        finally
        {
            inFlight.Release();
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

    private async ValueTask<bool> TakePlaceAsync(CancellationToken cancellationToken)
    {
        if (inFlight.Wait(0, CancellationToken.None))
        {
            return true;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await inFlight.WaitAsync(either.Token);
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

    private async Task<PushResult?> SettledAsync(
        Func<CancellationToken, Task<PushResult>> attempt, bool probe, CancellationToken cancellationToken)
    {
        PushResult? result = null;
        try
        {
            result = await InTimeAsync(attempt, cancellationToken);
        }
        finally
        {
            result = circuit.Settle(result, probe);
        }

        return result;
    }

    private async Task<PushResult> InTimeAsync(Func<CancellationToken, Task<PushResult>> attempt, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var earlier = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            return await attempt(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PushResult.Unavailable("TimedOut", null, "The push service did not answer in time; it will be tried again.")
            {
                Hangs = true,
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
