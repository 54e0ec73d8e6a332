using System.Diagnostics.CodeAnalysis;
using BlokSec.Contracts;

namespace BlokSec.Functions.Push;

/// <summary>
/// Leaves a provider alone for a while after it refused us (not a device) or gave no answer several times in a row: every push is then
/// answered here, without being sent. When the time is over one push, the probe, tries again on a new connection; it closes the circuit,
/// or opens it for the same time once more. That time is short, so that pushes go out soon after the trouble is over.
/// </summary>
internal sealed partial class ProviderCircuit(
    string provider, TimeSpan openFor, PushMetrics metrics, TimeProvider time, ILogger<ProviderCircuit> logger)
{
    private const int HangsInARow = 5;

    /// <summary>How long the others are held while the probe is under way: it takes as long as an answer may.</summary>
    private static readonly TimeSpan WhileProbing = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private PushResult? held;
    private DateTimeOffset until;
    private bool probing;
    private int hangs;
    private PushResult? last;
    private long lastAt;
    private long acceptedAt;

    /// <summary>Whether a push may be sent now; <see cref="Record"/> must then be told what became of it.</summary>
    /// <param name="isProbe">Whether it is let through to try the provider again.</param>
    /// <param name="refusal">The answer for a push that must not be sent.</param>
    public bool TryEnter(out bool isProbe, [NotNullWhen(false)] out PushResult? refusal)
    {
        isProbe = false;
        refusal = null;
        if (Volatile.Read(ref held) is null)
        {
            return true;
        }

        lock (gate)
        {
            var now = time.GetUtcNow();
            refusal = held is null ? null : now < until ? held : probing ? Until(held, now + WhileProbing) : null;
            if (refusal is null && held is not null)
            {
                probing = isProbe = true;
            }
        }

        return refusal is null;
    }

    /// <summary>How the provider answers, as this instance saw it.</summary>
    public PushProviderHealth Health()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            var seen = Volatile.Read(ref last);
            return new PushProviderHealth(
                provider,
                At(ref lastAt),
                seen?.Outcome,
                seen is null or PushResult.Accepted ? null : seen.Explanation,
                At(ref acceptedAt),
                held is not null && until > now ? until : null);
        }

        static DateTimeOffset? At(ref long ticks) => Volatile.Read(ref ticks) is > 0 and var at ? new DateTimeOffset(at, TimeSpan.Zero) : null;
    }

    /// <summary>Learns what became of a push that was let through; null when that tells nothing. Gives the result to pass on.</summary>
    public PushResult? Record(PushResult? result, bool isProbe)
    {
        See(result);
        var hanging = result is PushResult.Unavailable { Hangs: true };
        var refused = hanging || result is PushResult.Misconfigured or PushResult.Throttled { Everyone: true };
        if (!refused && Volatile.Read(ref held) is null)
        {
            if (result is not null)
            {
                Volatile.Write(ref hangs, 0);
            }

            return result;
        }

        lock (gate)
        {
            probing &= !isProbe;
            switch (result)
            {
                case PushResult.Misconfigured misconfigured:
                    return Open(misconfigured, misconfigured.Reason, time.GetUtcNow() + openFor);
                case PushResult.Throttled { Everyone: true } throttled:
                    return Open(throttled, throttled.Reason, throttled.Until);
                case PushResult.Unavailable { Hangs: true } hung when held is null or PushResult.Unavailable:
                    return Hangs(hung, isProbe);
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

    /// <summary>Of pushes that end at the same moment any may be the last.</summary>
    private void See(PushResult? result)
    {
        if (result is null)
        {
            return;
        }

        var now = time.GetUtcNow().UtcTicks;
        Volatile.Write(ref last, result);
        Volatile.Write(ref lastAt, now);
        if (result is PushResult.Accepted)
        {
            Volatile.Write(ref acceptedAt, now);
        }
    }

    private PushResult Hangs(PushResult.Unavailable hung, bool isProbe) =>
        (held is null ? ++hangs < HangsInARow : !isProbe) ? hung : Open(hung, hung.Reason, time.GetUtcNow() + openFor);

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
        [LoggerMessage(1, LogLevel.Error, "{Provider} takes no pushes ({Reason}). No push is sent to it before {Until}; the devices' pushes wait.")]
        public static partial void Opened(ILogger logger, string provider, string reason, DateTimeOffset until);

        [LoggerMessage(2, LogLevel.Information, "{Provider} takes pushes again.")]
        public static partial void Closed(ILogger logger, string provider);
    }
}
