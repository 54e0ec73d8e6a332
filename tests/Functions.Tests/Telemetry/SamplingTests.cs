using System.Diagnostics;
using BlokSec.Functions.Telemetry;
using Microsoft.AspNetCore.Http;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace BlokSec.Functions.Tests.Telemetry;

/// <summary>What of the traces is kept, and who decides it.</summary>
public sealed class SamplingTests : IDisposable
{
    private readonly ActivitySource source = new(nameof(SamplingTests) + Guid.NewGuid());
    private readonly List<Activity> kept = [];

    public void Dispose() => source.Dispose();

    [Theory]
    [InlineData("00000000000000000000000000000001", ActivityTraceFlags.Recorded)]
    [InlineData("ffffffffffffffffffffffffffffffff", ActivityTraceFlags.None)]
    public void A_caller_decides_by_no_trace_id_and_no_flag_whether_a_read_is_kept(string traceId, ActivityTraceFlags flags)
    {
        var sampler = new ReadSampler(0.5);
        using var tracing = Start(sampler);

        for (var call = 0; call < 200; call++)
        {
            using var read = Read(sampler, Caller(traceId, flags));
        }

        Assert.InRange(kept.Count, 1, 199);
    }

    [Fact]
    public void A_caller_cannot_have_a_change_left_out()
    {
        var sampler = new ReadSampler(0);
        using var tracing = Start(sampler);

        using (var change = source.StartActivity("change", ActivityKind.Server, Caller("00000000000000000000000000000001", ActivityTraceFlags.None)))
        {
            sampler.LeaveOut(change!, new DefaultHttpContext { Request = { Method = "POST" } }.Request);
        }

        Assert.Equal("change", Assert.Single(kept).DisplayName);
    }

    [Fact]
    public void What_a_caller_adds_to_the_trace_context_is_not_passed_on()
    {
        var sampler = new ReadSampler(1);
        using var tracing = Start(sampler);
        var caller = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, "vendor=anything", isRemote: true);

        using (var call = Read(sampler, caller))
        {
            using var inside = source.StartActivity("inside");
        }

        Assert.Equal(2, kept.Count);
        Assert.All(kept, span => Assert.Null(span.TraceStateString));
    }

    [Fact]
    public void Of_a_read_that_fails_inside_what_it_is_part_of_and_what_comes_after_is_kept()
    {
        var sampler = new ReadSampler(0);
        using var tracing = Start(sampler);

        using (var call = Read(sampler, default))
        {
            source.StartActivity("before")!.Dispose();
            using (var around = source.StartActivity("around"))
            {
                using var failed = source.StartActivity("failed");
                failed!.SetStatus(ActivityStatusCode.Error);
            }

            source.StartActivity("after")!.Dispose();
        }

        Assert.Equal(["failed", "around", "after", "read"], kept.Select(span => span.DisplayName));
    }

    private static ActivityContext Caller(string traceId, ActivityTraceFlags flags) =>
        new(ActivityTraceId.CreateFromString(traceId), ActivitySpanId.CreateRandom(), flags, traceState: null, isRemote: true);

    /// <summary>A call that only reads, as the server begins one.</summary>
    private Activity Read(ReadSampler sampler, ActivityContext caller)
    {
        var call = source.StartActivity("read", ActivityKind.Server, caller)!;
        sampler.LeaveOut(call, new DefaultHttpContext { Request = { Method = "GET" } }.Request);
        return call;
    }

    private TracerProvider Start(ReadSampler sampler) => Sdk.CreateTracerProviderBuilder()
        .AddSource(source.Name)
        .SetSampler(sampler)
        .AddProcessor(new KeepFailures())
        .AddProcessor(new Exported(kept))
        .Build();

    private sealed class Exported(List<Activity> kept) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
            {
                kept.Add(data);
            }
        }
    }
}
