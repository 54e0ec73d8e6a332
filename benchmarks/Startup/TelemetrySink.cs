using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BlokSec.Benchmarks.Startup;

/// <summary>Takes what is exported over OTLP and forgets it.</summary>
internal sealed class TelemetrySink : IAsyncDisposable
{
    private readonly WebApplication app;

    private TelemetrySink(WebApplication app) => this.app = app;

    /// <summary>The settings that let the function app send here.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = app.Urls.First(),
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
    };

    public static async Task<TelemetrySink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => context.Request.Body.CopyToAsync(Stream.Null));
        await app.StartAsync();
        return new TelemetrySink(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
