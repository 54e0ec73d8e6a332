using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Push;

/// <summary>Builds the lanes of the senders from the options.</summary>
internal sealed class PushLanes(IOptions<PushOptions> options, PushMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>The bulkheads that the lanes of one provider share.</summary>
    public PushBulkheads Bulkheads() => new(new SemaphoreSlim(options.Value.InFlight), new SemaphoreSlim(options.Value.InFlight));

    public PushLane Create(string provider, Uri endpoint, bool several, PushBulkheads bulkheads) => new(
        provider,
        new PushConnection(endpoint, several),
        bulkheads,
        new ProviderCircuit(
            provider, TimeSpan.FromSeconds(options.Value.CircuitOpenSeconds), metrics, time, loggers.CreateLogger<ProviderCircuit>()),
        TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
        metrics,
        time,
        loggers.CreateLogger<PushLane>());
}
