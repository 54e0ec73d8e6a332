using System.Diagnostics;
using OpenTelemetry.Trace;

namespace BlokSec.Functions.Telemetry;

/// <summary>
/// Keeps every trace but those of calls that only read, of which it keeps a share. What is not kept is recorded all the same, so that
/// <see cref="KeepFailures"/> can keep it when it fails. What a caller says does not count, neither a wish to be sampled nor the trace id:
/// everybody can call, so chance decides.
/// </summary>
internal sealed class ReadSampler(double ratio) : Sampler
{
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isLeftOut = parent.TraceId != default && !parent.IsRemote && (parent.TraceFlags & ActivityTraceFlags.Recorded) == ActivityTraceFlags.None;
        return new SamplingResult(isLeftOut ? SamplingDecision.RecordOnly : SamplingDecision.RecordAndSample);
    }

    /// <summary>
    /// Leaves a read out, before anything happens in it (a sampler is not told the method), and lets go of what a caller added to the trace
    /// context: nobody here reads it.
    /// </summary>
    public void LeaveOut(Activity call, HttpRequest request)
    {
        call.TraceStateString = null;
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (isRead && Random.Shared.NextDouble() >= ratio)
        {
            call.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
