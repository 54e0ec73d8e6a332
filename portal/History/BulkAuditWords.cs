using BlokSec.Contracts;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.History;

/// <summary>Audit entries about many users at once as sentences.</summary>
internal static class BulkAuditWords
{
    /// <summary>The sentence; null for an entry about something else.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="actor">Who did it, as it is shown.</param>
    public static string? Of(AuditEntryDetails entry, string actor) => entry.Action switch
    {
        AuditActions.BulkPlanned => $"{actor} planned to {What(entry)}. Nothing was changed by it.",
        AuditActions.BulkStarted => $"{actor} started to {What(entry)}.",
        AuditActions.BulkPaused => $"{actor} paused a bulk operation.",
        AuditActions.BulkResumed => $"{actor} resumed a bulk operation.",
        AuditActions.BulkStopped => $"{actor} stopped a bulk operation. Users whose turn had not come are untouched.",
        AuditActions.BulkFinished =>
            $"A bulk operation finished: {Plural.Of(Number(entry, "done"), "user")} done, {Plural.Number(Number(entry, "skipped"))} skipped, {Plural.Number(Number(entry, "failed"))} failed.",
        AuditActions.BulkFailed => "A bulk operation cannot continue.",
        AuditActions.BulkExported => $"{actor} exported the users of a bulk operation.",
        _ => null,
    };

    private static string What(AuditEntryDetails entry) => entry.After?.GetValueOrDefault("kind") switch
    {
        "unregister" => $"unregister {Plural.Of(Number(entry, "users"), "user")}",
        "removeDevices" => $"remove {Plural.Of(Number(entry, "devices"), "device")}",
        _ => $"suspend {Plural.Of(Number(entry, "users"), "user")}",
    };

    private static int Number(AuditEntryDetails entry, string name) =>
        int.TryParse(entry.After?.GetValueOrDefault(name), System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : 0;
}
