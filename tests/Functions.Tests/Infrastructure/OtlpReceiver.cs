using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>Takes what is exported over OTLP/HTTP as it comes: protobuf keeps texts readable, which is enough to search for secrets.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    /// <summary>The settings that let the function app send here.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = app.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["Telemetry__ReadRatio"] = "1",
    };

    /// <summary>What came, by kind: <c>traces</c>, <c>metrics</c> or <c>logs</c>.</summary>
    public ConcurrentQueue<(string Kind, string Text)> Received { get; } = new();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.MapPost("/v1/{kind}", receiver.ReceiveAsync);
        await receiver.app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    /// <summary>Lets an app inside the test process send all that it still holds.</summary>
    public static void Flush(IServiceProvider services)
    {
        services.GetRequiredService<TracerProvider>().ForceFlush();
        services.GetRequiredService<MeterProvider>().ForceFlush();
        services.GetRequiredService<LoggerProvider>().ForceFlush();
    }

    /// <summary>All of one kind.</summary>
    public IEnumerable<string> Texts(string kind) => Received.Where(item => item.Kind == kind).Select(item => item.Text);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Received.Enqueue(((string)context.Request.RouteValues["kind"]!, Encoding.Latin1.GetString(body.ToArray())));
    }
}
