using System.Text.Encodings.Web;
using System.Text.Json;
using BlokSec.Local.Cosmos.Catalogs;

namespace BlokSec.Local.Cosmos.Items;

/// <summary>Checks the JSON of items and adds the system properties.</summary>
internal static class ItemDocument
{
    /// <summary>2 MB (https://learn.microsoft.com/azure/cosmos-db/concepts-limits#per-item-limits).</summary>
    public const int LargestItem = 2 * 1024 * 1024;

    private const int LongestId = 1023;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 128, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static JsonDocument Parse(byte[] body)
    {
        if (body.Length > LargestItem)
        {
            throw CosmosRefusal.TooLarge();
        }

        try
        {
            var json = JsonDocument.Parse(body, Reading);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException)
        {
            // Refused below, like JSON of another shape.
        }

        throw CosmosRefusal.BadRequest("The input content is invalid: it is not a JSON object.");
    }

    public static string Id(JsonElement item)
    {
        if (!item.TryGetProperty("id", out var value))
        {
            throw CosmosRefusal.BadRequest("The input content is invalid because the required properties - 'id; ' - are missing");
        }

        var id = value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        return id.Length is 0 or > LongestId || id.AsSpan().ContainsAny("/\\?#") || id[^1] == ' '
            ? throw CosmosRefusal.BadRequest(
                $"The input name '{id}' is invalid. Ensure to provide a unique non-empty string less than '1024' characters.")
            : id;
    }

    /// <summary>The item's own time to live; null when it names none.</summary>
    public static int? TimeToLive(JsonElement item)
    {
        if (!item.TryGetProperty("ttl", out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds is > 0 or -1
            ? seconds
            : throw CosmosRefusal.BadRequest(
                $"The input ttl '{value.GetRawText()}' is invalid. Ensure to provide a nonzero positive or -1 integer value.");
    }

    /// <summary>The item as it is kept and answered.</summary>
    public static byte[] Complete(JsonElement item, ContainerEntry container, long number, string etag, long now)
    {
        using var buffer = new MemoryStream(512);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            foreach (var property in item.EnumerateObject().Where(property => !IsSystem(property.Name)))
            {
                property.WriteTo(writer);
            }

            var rid = container.ResourceIdOf(number);
            writer.WriteString("_rid", rid);
            writer.WriteString("_self", $"dbs/{ResourceIds.OfDatabase(container.Database)}/colls/{container.ResourceId}/docs/{rid}/");
            writer.WriteString("_etag", etag);
            writer.WriteString("_attachments", "attachments/");
            writer.WriteNumber("_ts", now);
            writer.WriteEndObject();
        }

        return buffer.Length > LargestItem ? throw CosmosRefusal.TooLarge() : buffer.ToArray();
    }

    public static bool IsSystem(string name) => name is "_rid" or "_self" or "_etag" or "_attachments" or "_ts";
}
