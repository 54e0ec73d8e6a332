namespace BlokSec.Functions.Push;

/// <summary>
/// Leaves a provider alone for a while after it refused us (not a device) or gave no answer several times in a row: every push is then
/// answered here, without being sent. When the time is over one push tries again; it closes the circuit, or opens it once more: for the
/// same time after a refusal, for twice the time up to that one after no answer.
/// </summary>
internal sealed partial class ProviderCircuit(
    string provider, TimeSpan openFor, PushMetrics metrics, TimeProvider time, ILogger<ProviderCircuit> logger)
{
    private const int HangsInARow = 5;

    private static readonly TimeSpan WhileProbing = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstHang = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private PushResult? held;
    private DateTimeOffset until;
    private bool probing;
    private int hangs;
    private TimeSpan whileHanging;

    /// <summary>The answer for a push that must not be sent now; null lets it through, and <see cref="Settle"/> must then be told.</summary>
    /// <param name="probe">Whether it is let through to try the provider again.</param>
    public PushResult? Hold(out bool probe)
    {
        probe = false;
        if (Volatile.Read(ref held) is null)
        {
            return null;
        }

        lock (gate)
        {
            if (held is null)
            {
                return null;
            }

            var now = time.GetUtcNow();
            if (now < until)
            {
                return held;
            }

            if (!probing)
            {
                probing = probe = true;
                return null;
            }

            return Until(held, now + WhileProbing);
        }
    }

    /// <summary>Learns what became of a push that was let through; null when it was given up. Gives the result to pass on.</summary>
    public PushResult? Settle(PushResult? result, bool probe)
    {
        var hanging = result is PushResult.Unavailable { Hangs: true };
        var refused = hanging || result is PushResult.Misconfigured or PushResult.Throttled { Everyone: true };
        if (!refused && Volatile.Read(ref held) is null)
        {
            Volatile.Write(ref hangs, 0);
            return result;
        }

        lock (gate)
        {
            probing &= !probe;
            switch (result)
            {
                case PushResult.Misconfigured misconfigured:
                    return Open(misconfigured, misconfigured.Reason, time.GetUtcNow() + openFor);
                case PushResult.Throttled { Everyone: true } throttled:
                    return Open(throttled, throttled.Reason, throttled.Until);
                case PushResult.Unavailable { Hangs: true } hung when held is null or PushResult.Unavailable:
                    return Hangs(hung, probe);
                case null:
                case PushResult.Unavailable when held is not PushResult.Unavailable:
                    // Says nothing about whether the provider takes us again.
                    return result;
                default:
                    Close();
                    return result;
            }
        }
    }

    private PushResult Hangs(PushResult.Unavailable hung, bool probe)
    {
        if (held is null ? ++hangs < HangsInARow : !probe)
        {
            return hung;
        }

        var longer = held is null ? FirstHang : whileHanging * 2;
        whileHanging = longer < openFor ? longer : openFor;
        return Open(hung, hung.Reason, time.GetUtcNow() + whileHanging);
    }

    private PushResult Open(PushResult answer, string reason, DateTimeOffset newUntil)
    {
        var wasOpen = held is not null;
        until = newUntil;
        var told = Until(answer, newUntil);
        held = told with { WasSent = false };
        if (!wasOpen)
        {
            metrics.CircuitOpened(provider);
            Log.Opened(logger, provider, reason, newUntil);
        }

        return told;
    }

    private void Close()
    {
        // Answers of pushes that were under way when the circuit opened do not close it.
        if (held is not null && time.GetUtcNow() >= until)
        {
            held = null;
            hangs = 0;
            Log.Closed(logger, provider);
        }
    }

    private static PushResult Until(PushResult result, DateTimeOffset when) => result switch
    {
        PushResult.Misconfigured refused => refused with { RetryAfter = when },
        PushResult.Throttled throttled => throttled with { Until = when },
        PushResult.Unavailable hung => hung with { RetryAfter = when },
        _ => result,
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Provider} takes no pushes ({Reason}). No push is sent to it before {Until}; the devices' pushes wait.")]
        public static partial void Opened(ILogger logger, string provider, string reason, DateTimeOffset until);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Provider} takes pushes again.")]
        public static partial void Closed(ILogger logger, string provider);
    }
}
