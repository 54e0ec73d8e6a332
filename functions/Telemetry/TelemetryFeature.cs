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
        // An exporter whose address is wrong throws while the app is built; the start says what is wrong with it.
        var azureMonitor = builder.Configuration[AzureMonitor] is { Length: > 0 } connection && IsConnectionString(connection);
        var otlp = builder.Configuration[Otlp] is { Length: > 0 } address && IsAddress(address);
        if (azureMonitor || otlp)
        {
            // Apart, so that the assemblies of OpenTelemetry are loaded only here.
            TelemetryExport.Add(builder, azureMonitor, otlp);
        }
    }

    /// <summary>Whether a text is an address that telemetry can be sent to.</summary>
    public static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";

    /// <summary>Whether a text is a connection string of Application Insights: <c>name=value</c> pairs, among them the key.</summary>
    public static bool IsConnectionString(string text)
    {
        var pairs = text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries)).ToList();
        return pairs.TrueForAll(pair => pair is [_, { Length: > 0 } value]
                && (!pair[0].EndsWith("Endpoint", StringComparison.OrdinalIgnoreCase) || IsAddress(value)))
            && pairs.Exists(pair => pair[0].Equals("InstrumentationKey", StringComparison.OrdinalIgnoreCase) && Guid.TryParse(pair[1], out _));
    }
}
