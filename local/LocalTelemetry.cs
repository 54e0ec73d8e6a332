namespace BlokSec.Local;

/// <summary>Where the function app of a local system sends traces, metrics and logs: to nowhere, unless the shell says where.</summary>
internal static class LocalTelemetry
{
    /// <summary>OpenTelemetry's own variable: an Aspire dashboard, Jaeger or any collector that speaks OTLP.</summary>
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const string Prefix = "OTEL_";

    /// <summary>The settings of the function app: the shell's variables of OpenTelemetry; and every read is kept, as one person makes them.</summary>
    public static IReadOnlyDictionary<string, string> Of(IEnumerable<KeyValuePair<string, string>> shell)
    {
        var settings = shell.Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary();
        if (!settings.ContainsKey(Endpoint))
        {
            return new Dictionary<string, string>();
        }

        settings["Telemetry__ReadRatio"] = "1";
        return settings;
    }

    public static IReadOnlyDictionary<string, string> OfShell() => Of(Environment.GetEnvironmentVariables()
        .Cast<System.Collections.DictionaryEntry>()
        .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value ?? "")));
}
