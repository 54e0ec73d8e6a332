using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Csv;

namespace BlokSec.Functions.Audit;

/// <summary>Audit entries as lines of CSV (RFC 4180).</summary>
internal static class AuditCsv
{
    public static CsvTable<AuditEntryDetails> Table { get; } = new(
        ("at", entry => CsvCells.Text(entry.At)),
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
        ("count", entry => CsvCells.Text(entry.Count)),
        ("lastAt", entry => CsvCells.Text(entry.LastAt)),
        ("entryId", entry => entry.EntryId));

    private static string? Text(IReadOnlyDictionary<string, string?>? values) => values is null ? null : JsonSerializer.Serialize(values, Json.Documents);
}
