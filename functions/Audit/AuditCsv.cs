using System.Globalization;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;

namespace BlokSec.Functions.Audit;

/// <summary>Audit entries as lines of CSV (RFC 4180).</summary>
internal static class AuditCsv
{
    private static readonly (string Name, Func<AuditEntryDetails, string?> Value)[] Columns =
    [
        ("at", entry => Text(entry.At)),
        ("actorKind", entry => entry.ActorKind),
        ("actorName", entry => entry.ActorName),
        ("actorId", entry => entry.ActorId),
        ("actorAddress", entry => entry.ActorAddress),
        ("actorAgent", entry => entry.ActorAgent),
        ("action", entry => entry.Action),
        ("userId", entry => entry.UserId),
        ("targets", entry => string.Join(' ', entry.Targets)),
        ("reason", entry => entry.Reason),
        ("before", entry => Text(entry.Before)),
        ("after", entry => Text(entry.After)),
        ("operationId", entry => entry.OperationId),
        ("traceId", entry => entry.TraceId),
        ("alert", entry => entry.Alert ? "true" : null),
        ("count", entry => entry.Count.ToString(CultureInfo.InvariantCulture)),
        ("lastAt", entry => entry.LastAt is { } at ? Text(at) : null),
        ("entryId", entry => entry.EntryId),
    ];

    public static string Header { get; } = CsvText.Line(Columns.Select(column => column.Name));

    public static string Row(AuditEntryDetails entry) => CsvText.Line(Columns.Select(column => column.Value(entry)));

    /// <summary>The last row, which says how many entries are missing.</summary>
    public static string Unreadable(int count) =>
        CsvText.Line([$"Not complete: {count} entries cannot be read.", .. Columns.Skip(1).Select(_ => (string?)null)]);

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string? Text(IReadOnlyDictionary<string, string?>? values) => values is null ? null : JsonSerializer.Serialize(values, Json.Documents);
}
