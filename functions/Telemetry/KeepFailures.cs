using System.Diagnostics;
using OpenTelemetry;

namespace BlokSec.Functions.Telemetry;

/// <summary>Keeps a span that failed although its trace was not sampled. It must come before the exporters.</summary>
internal sealed class KeepFailures : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Status == ActivityStatusCode.Error)
        {
            data.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        }
    }
}
