using System.Diagnostics;
using BlokSec.Local.FunctionsHost.Protocol;

namespace BlokSec.Local.FunctionsHost;

/// <summary>The trace that an invocation belongs to (<see href="https://www.w3.org/TR/trace-context/">W3C Trace Context</see>).</summary>
internal static class TraceContext
{
    /// <summary>Continues the trace of whoever caused the invocation; begins a new one when there is none, or none that can be read.</summary>
    public static RpcTraceContext From(string? traceParent, string? traceState) => ActivityContext.TryParse(traceParent, traceState, out _)
        ? new RpcTraceContext { TraceParent = traceParent, TraceState = traceState ?? "" }
        : New();

    /// <summary>Begins a new trace, which is not recorded.</summary>
    public static RpcTraceContext New() =>
        new() { TraceParent = $"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00" };
}
