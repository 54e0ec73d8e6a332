using System.Diagnostics.Metrics;
using BlokSec.Functions.Telemetry;

namespace BlokSec.Functions.Push;

/// <summary>Counts what became of pushes: <c>bloksec.pushes</c> by provider and outcome, <c>bloksec.push.circuit_opened</c> by provider.</summary>
internal sealed class PushMetrics
{
    private readonly Counter<long> pushes;
    private readonly Counter<long> opened;

    public PushMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(Sources.Name);
        pushes = meter.CreateCounter<long>("bloksec.pushes", "{push}", "Attempts to send a push, by provider and outcome.");
        opened = meter.CreateCounter<long>("bloksec.push.circuit_opened", "{opening}", "How often a provider was left alone because it refuses us.");
    }

    public void Count(string provider, string outcome) =>
        pushes.Add(1, new KeyValuePair<string, object?>("provider", provider), new KeyValuePair<string, object?>("outcome", outcome));

    public void CircuitOpened(string provider) => opened.Add(1, new KeyValuePair<string, object?>("provider", provider));
}
