using System.Globalization;
using System.Text.Json;
using Azure.Messaging;

namespace BlokSec.Functions.AuditStreams;

/// <summary>Makes CloudEvents 1.0 of audit entries. The id of an event is that of the entry, so that a receiver knows what it has already.</summary>
internal static class AuditEvents
{
    private const string TypePrefix = "com.bloksec.audit.";

    /// <summary>The type of what has no action that can be in a type.</summary>
    private const string Nameless = "entry";

    private const int MaxAction = 100;

    /// <summary>Makes the event of an entry.</summary>
    /// <param name="publicUrl">The API's public address.</param>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="isWhole">Whether it carries the entry, or only says where it is.</param>
    public static CloudEvent Of(string publicUrl, string tenantId, StreamedEntry entry, bool isWhole = true)
    {
        var details = isWhole ? entry.Details : null;
        var data = details is null
            ? BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(new { entry.EntryId, entry.UserId }, Json.Documents))
            : BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(details, Json.Documents));
        var made = new CloudEvent(
            $"{publicUrl}/tenants/{Uri.EscapeDataString(tenantId)}",
            TypePrefix + (details is not null && IsName(details.Action) ? details.Action : Nameless),
            data,
            "application/json",
            CloudEventDataFormat.Json)
        {
            Id = entry.EntryId,
            Subject = $"users/{Uri.EscapeDataString(entry.UserId)}",
            Time = details?.At,
        };
        // Names of extensions are lower case letters and digits.
        made.ExtensionAttributes["auditblock"] = entry.Block.ToString(CultureInfo.InvariantCulture);
        made.ExtensionAttributes["auditstate"] = entry.State;
        if (entry.Hash is { } hash)
        {
            made.ExtensionAttributes["audithash"] = hash;
        }

        return made;
    }

    private static bool IsName(string? action) =>
        action is { Length: > 0 and <= MaxAction } && action.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
}
