using System.Diagnostics;
using OpenTelemetry;

namespace BlokSec.Functions.Telemetry;

/// <summary>
/// Keeps a span that failed although its trace was not sampled, all that it is part of, and what comes after; what ended before is gone. It
/// must come before the exporters.
/// </summary>
internal sealed class KeepFailures : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Status != ActivityStatusCode.Error)
        {
            return;
        }

        for (var span = data; span is not null; span = span.Parent)
        {
            span.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }
    }
}
