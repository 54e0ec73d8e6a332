using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push;

/// <summary>Builds the lanes of the senders from the options.</summary>
internal sealed class PushLanes(IOptions<PushOptions> options, PushMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>The places for pushes under way, shared by the lanes of one provider.</summary>
    public SemaphoreSlim InFlight() => new(options.Value.InFlight);

    public PushLane Create(string provider, Uri endpoint, bool several, SemaphoreSlim inFlight) => new(
        provider,
        new PushConnection(endpoint, several),
        inFlight,
        new ProviderCircuit(
            provider, TimeSpan.FromMinutes(options.Value.CircuitOpenMinutes), metrics, time, loggers.CreateLogger<ProviderCircuit>()),
        TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
        metrics,
        time,
        loggers.CreateLogger<PushLane>());
}
