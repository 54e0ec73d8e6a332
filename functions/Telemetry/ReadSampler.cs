using System.Diagnostics;
using OpenTelemetry.Trace;

namespace BlokSec.Functions.Telemetry;

/// <summary>
/// Keeps every trace but those of calls that only read, of which it keeps a share. What is not kept is recorded all the same, so that
/// <see cref="KeepFailures"/> can keep it when it fails. A caller's wish to be sampled does not count: everybody can call.
/// </summary>
internal sealed class ReadSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler share = new(ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        var isLeftOut = parent.TraceId != default && !parent.IsRemote && (parent.TraceFlags & ActivityTraceFlags.Recorded) == 0;
        return new SamplingResult(isLeftOut ? SamplingDecision.RecordOnly : SamplingDecision.RecordAndSample);
    }

    /// <summary>Leaves a read out, before anything happens in it. A sampler is not told the method.</summary>
    public void LeaveOut(Activity call, HttpRequest request)
    {
        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (isRead && share.ShouldSample(new SamplingParameters(default, call.TraceId, call.DisplayName, call.Kind)).Decision == SamplingDecision.Drop)
        {
            call.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
