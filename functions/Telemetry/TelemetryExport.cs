using System.Reflection;
using Azure.Core;
using Azure.Monitor.OpenTelemetry.Exporter;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenTelemetry.Instrumentation.AspNetCore;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BlokSec.Functions.Telemetry;

/// <summary>
/// OpenTelemetry. No spans of HttpClient: an address can hold a secret (Apple's holds the push handle), and each call of a dependency
/// has a span that says more (the Cosmos DB client's, a message sent, a push).
/// </summary>
internal static class TelemetryExport
{
    private const string CosmosOperations = "Azure.Cosmos.Operation";

    /// <summary>Ends in the commit that the app was built from.</summary>
    private static readonly string? Version =
        typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <summary>Ours and the calls as they were answered. The runtime's, the server's and the clients' slow the start and cost rows each minute.</summary>
    private static readonly string[] Meters = [Sources.Name, "Microsoft.AspNetCore.Hosting"];

    public static void Add(IHostApplicationBuilder builder, bool azureMonitor, bool otlp)
    {
        builder.AddValidated<TelemetryOptions, TelemetryOptions.Validator>(TelemetryOptions.Section);

        builder.Services.AddSingleton(services => new ReadSampler(services.GetRequiredService<IOptions<TelemetryOptions>>().Value.ReadRatio));
        builder.Services.AddOptions<AspNetCoreTraceInstrumentationOptions>().Configure<ReadSampler>((aspNetCore, sampler) =>
        {
            aspNetCore.Filter = IsFunction;
            aspNetCore.EnrichWithHttpRequest = sampler.LeaveOut;
        });

        // Azure's clients have spans only where this is said.
        AppContext.SetSwitch("Azure.Experimental.EnableActivitySource", true);

        // The host records what is printed; what is exported need not be recorded twice.
        builder.Logging.AddFilter<ConsoleLoggerProvider>(category: null, LogLevel.Error);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService(Sources.Name, serviceVersion: Version, serviceInstanceId: Environment.MachineName));
        telemetry.WithTracing((tracing) => tracing
            .AddSource(Sources.Name, CosmosOperations)
            .AddAspNetCoreInstrumentation()
            .AddProcessor(new KeepFailures()));
        telemetry.WithMetrics(metrics => metrics.AddMeter(Meters));
        telemetry.WithLogging(
            configureBuilder: null,
            logs =>
            {
                logs.IncludeScopes = true;
                logs.IncludeFormattedMessage = true;
            });
        if (otlp)
        {
            telemetry.WithTracing(tracing => tracing.AddOtlpExporter());
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
            telemetry.WithLogging(logs => logs.AddOtlpExporter());
        }

        if (azureMonitor)
        {
            AddAzureMonitor(builder, telemetry);
        }

        // Last, as an exporter may bring a sampler of its own.
        telemetry.WithTracing(tracing => tracing.SetSampler(services => services.GetRequiredService<ReadSampler>()));
    }

    private static void AddAzureMonitor(IHostApplicationBuilder builder, OpenTelemetry.OpenTelemetryBuilder telemetry)
    {
        builder.Services.AddOptions<AzureMonitorExporterOptions>().Configure<TokenCredential>((options, credential) =>
        {
            options.ConnectionString = builder.Configuration[TelemetryFeature.AzureMonitor];
            options.Credential = credential;

            // A log of a call that was left out may be of the error for which it will be kept in the end.
            options.EnableTraceBasedLogsSampler = false;
        });
        telemetry.WithTracing(tracing => tracing.AddAzureMonitorTraceExporter());
        telemetry.WithMetrics(metrics => metrics.AddAzureMonitorMetricExporter());
        telemetry.WithLogging(logs => logs.AddAzureMonitorLogExporter());
    }

    /// <summary>The host's probes and invocations are no calls of anybody; what an invocation does has a span of its own.</summary>
    private static bool IsFunction(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal);
}
