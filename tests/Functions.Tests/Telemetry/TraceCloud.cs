using System.Collections.Concurrent;
using System.Diagnostics;
using BlokSec.Functions.Tests.Infrastructure;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace BlokSec.Functions.Tests.Telemetry;

/// <summary>A whole system whose app exports, and none of whose reads are sampled.</summary>
public sealed class TraceCloud : IAsyncLifetime
{
    private readonly Kept kept = new();
    private OtlpReceiver receiver = null!;

    internal TestCloud Test { get; private set; } = null!;

    /// <summary>The spans that are exported.</summary>
    internal IReadOnlyCollection<Activity> Spans => kept.Spans;

    public async ValueTask InitializeAsync()
    {
        receiver = await OtlpReceiver.StartAsync();
        Test = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string>(receiver.Settings) { ["Telemetry__ReadRatio"] = "0" },
            Configure = services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(kept)),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Test.DisposeAsync();
        await receiver.DisposeAsync();
    }

    /// <summary>The only span of the app with this name about this user; other apps of the test process have spans too.</summary>
    internal Task<Activity> SpanAsync(TestUser user, string name) => Test.UntilAsync(
        () => Task.FromResult(Find(user, name)), $"a span {name} of {user.UserId}");

    internal Activity? Find(TestUser user, string name) =>
        Spans.FirstOrDefault(span => span.DisplayName == name && Equals(span.GetTagItem("bloksec.user"), user.UserId));

    /// <summary>The names from a span up to the root of its trace; those around it may end long after it.</summary>
    internal Task<string[]> AncestryAsync(Activity span, string root) => Test.UntilAsync(
        () => Task.FromResult(Ancestry(span).ToArray() is { } way && way[^1] == root ? way : null), $"the ancestry of {span.DisplayName} up to {root}");

    private IEnumerable<string> Ancestry(Activity? span)
    {
        for (; span is not null; span = Spans.FirstOrDefault(parent => parent.SpanId == span.ParentSpanId))
        {
            yield return span.DisplayName;
        }
    }

    private sealed class Kept : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Spans { get; } = new();

        public override void OnEnd(Activity data)
        {
            if (data.Recorded)
            {
                Spans.Enqueue(data);
            }
        }
    }
}
