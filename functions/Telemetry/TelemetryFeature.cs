namespace BlokSec.Functions.Telemetry;

/// <summary>
/// Traces, metrics and logs: to Azure Monitor when <c>APPLICATIONINSIGHTS_CONNECTION_STRING</c> is set, over OTLP when
/// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, to nowhere otherwise.
/// </summary>
internal static class TelemetryFeature
{
    public const string AzureMonitor = "APPLICATIONINSIGHTS_CONNECTION_STRING";

    public const string Otlp = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (IsSet(builder, AzureMonitor) || IsSet(builder, Otlp))
        {
            // Apart, so that the assemblies of OpenTelemetry are loaded only here.
            TelemetryExport.Add(builder, IsSet(builder, AzureMonitor), IsSet(builder, Otlp));
        }
    }

    private static bool IsSet(IHostApplicationBuilder builder, string name) => builder.Configuration[name] is { Length: > 0 };
}
