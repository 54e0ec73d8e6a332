using System.Diagnostics;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Push;

/// <summary>
/// One way to a provider: its connection, its circuit, and its share of the pushes in flight. Turns a broken line or a time-out into a
/// result, counts, and alerts.
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

    private readonly string name = "push " + provider;

    public PushConnection Connection { get; } = connection;

    /// <summary>Begins the span of an attempt. The payload names the removal's span instead, so that every attempt sends the same bytes.</summary>
    public Activity? Begin(RevokePush push) =>
        Sources.Activities.StartActivity(name, ActivityKind.Client)?
            .SetTag("bloksec.tenant", push.TenantId).SetTag("bloksec.user", push.UserId).SetTag("bloksec.device", push.DeviceId);

    /// <summary>Makes an attempt unless the circuit is open.</summary>
    public async Task<PushResult> RunAsync(
        RevokePush push, Func<CancellationToken, Task<PushResult>> attempt, CancellationToken cancellationToken)
    {
        if (circuit.Hold(out var probe) is { } held)
        {
            metrics.Count(provider, "held");
            Activity.Current?.SetTag(OutcomeTag, "held");
            return held;
        }

        PushResult? result = null;
        try
        {
            result = await InTimeAsync(attempt, cancellationToken);
        }
        finally
        {
            result = circuit.Settle(result, probe);
        }

        return Report(push, result!);
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

    private async Task<PushResult> InTimeAsync(Func<CancellationToken, Task<PushResult>> attempt, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var earlier = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        try
        {
            await inFlight.WaitAsync(deadline.Token);
            try
            {
                return await attempt(deadline.Token);
            }
            finally
            {
                inFlight.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PushResult.Unavailable("TimedOut", null, "The push service did not answer in time; it will be tried again.");
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
