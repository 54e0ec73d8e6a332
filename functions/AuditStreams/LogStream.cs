using System.Globalization;
using System.Text.Json;
using BlokSec.Functions.AuditChain;
using OpenTelemetry.Logs;

namespace BlokSec.Functions.AuditStreams;

/// <summary>
/// Log records through the app's OpenTelemetry export, of a category of their own. They are handed over before the cursor moves; what the exporter does
/// with a record that its receiver does not take is the exporter's affair.
/// </summary>
internal sealed class LogStream(ILoggerFactory loggers, IServiceProvider services) : IAuditStream
{
    public const string Category = "BlokSec.Audit";

    /// <summary>Less than the exporters' queue holds.</summary>
    private const int MaxRecords = 200;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private readonly ILogger logger = loggers.CreateLogger(Category);

    public string Name => AuditStreamNames.Logs;

    public async Task<StreamResult> SendAsync(string tenantId, IReadOnlyList<StreamedEntry> entries, CancellationToken cancellationToken)
    {
        if (services.GetService<LoggerProvider>() is not { } export)
        {
            return new StreamResult(0, "Telemetry is exported to nowhere.");
        }

        var portion = entries.Take(MaxRecords).ToList();
        foreach (var entry in portion)
        {
            Write(tenantId, entry);
        }

        return await Task.Run(() => export.ForceFlush((int)Longest.TotalMilliseconds), cancellationToken)
            ? new StreamResult(portion.Count)
            : new StreamResult(0, "Telemetry could not be exported in time.");
    }

    /// <summary>The names are those of the API, which a message template cannot say; what is null is left out.</summary>
    private void Write(string tenantId, StreamedEntry entry)
    {
        var details = entry.Details;
        (string Name, object? Value)[] attributes =
        [
            ("action", details?.Action), ("entryId", entry.EntryId), ("tenantId", tenantId), ("userId", entry.UserId), ("at", details?.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            ("actorKind", details?.ActorKind), ("actorId", details?.ActorId), ("actorName", details?.ActorName), ("actorAddress", details?.ActorAddress),
            ("actorAgent", details?.ActorAgent), ("targets", details is null ? null : string.Join(' ', details.Targets)), ("reason", details?.Reason),
            ("before", Text(details?.Before)), ("after", Text(details?.After)), ("operationId", details?.OperationId), ("traceId", details?.TraceId),
            ("alert", details?.Alert), ("auditBlock", entry.Block), ("auditHash", entry.Hash), ("auditState", entry.State),
        ];
        List<KeyValuePair<string, object?>> there =
            [.. attributes.Where(attribute => attribute.Value is not null).Select(attribute => KeyValuePair.Create(attribute.Name, attribute.Value))];
        logger.Log(
            LogLevel.Information,
            new EventId(1, "AuditEntry"),
            there,
            exception: null,
            (_, _) => $"Audit entry {entry.EntryId}: {details?.Action ?? entry.State}");
    }

    private static string? Text(IReadOnlyDictionary<string, string?>? values) => values is null ? null : JsonSerializer.Serialize(values, Json.Documents);
}
