using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BlokSec.Local.Cosmos.Keys;

/// <summary>The partition key value of an item, one component per path of the container.</summary>
/// <param name="Text">The value as a JSON array, as requests carry it; a component that the item lacks is <c>{}</c>.</param>
/// <param name="Effective">
/// The effective partition key that places the item: per component the MurmurHash3 of its type byte and value, two bits cleared, in
/// upper-case hex. Containers with several paths join the hashes of their components, so that the hash of a prefix starts the hashes
/// of all its items. (Containers of the first hash version are placed by this second one too: nobody sees the difference.)
/// </param>
/// <param name="Count">How many components there are.</param>
internal sealed record PartitionKeyValue(string Text, string Effective, int Count)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value that a request names.</summary>
    public static PartitionKeyValue Parse(string header)
    {
        try
        {
            using var json = JsonDocument.Parse(header);
            if (json.RootElement.ValueKind == JsonValueKind.Array && json.RootElement.GetArrayLength() > 0)
            {
                return From([.. json.RootElement.EnumerateArray()]);
            }
        }
        catch (JsonException)
        {
            // Refused below, like JSON of another shape.
        }

        throw CosmosRefusal.BadRequest($"Partition key {header} is invalid.");
    }

    /// <summary>The value of an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="paths">The paths of the container, such as <c>/tenantId</c> or <c>/a/b</c>.</param>
    public static PartitionKeyValue Of(JsonElement item, IReadOnlyList<string> paths) => From([.. paths.Select(path => At(item, path))]);

    private static JsonElement At(JsonElement item, string path)
    {
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name.Trim('"'), out item))
            {
                return default;
            }
        }

        return item;
    }

    private static PartitionKeyValue From(JsonElement[] components)
    {
        var effective = new StringBuilder(components.Length * 32);
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text, Compact))
        {
            writer.WriteStartArray();
            foreach (var component in components)
            {
                effective.Append(Hash(component));
                Write(writer, component);
            }

            writer.WriteEndArray();
        }

        return new(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length), effective.ToString(), components.Length);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement component)
    {
        switch (component.ValueKind)
        {
            case JsonValueKind.Number:
                writer.WriteNumberValue(component.GetDouble());
                break;
            case JsonValueKind.Undefined or JsonValueKind.Object:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
            default:
                component.WriteTo(writer);
                break;
        }
    }

    private static string Hash(JsonElement component)
    {
        var (low, high) = MurmurHash3.Hash128(Bytes(component));
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(hash, high);
        BinaryPrimitives.WriteUInt64BigEndian(hash[8..], low);
        hash[0] &= 0x3F;
        return Convert.ToHexString(hash);
    }

    private static byte[] Bytes(JsonElement component)
    {
        switch (component.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Object:
                return [0];
            case JsonValueKind.Null:
                return [1];
            case JsonValueKind.False:
                return [2];
            case JsonValueKind.True:
                return [3];
            case JsonValueKind.Number:
                var number = new byte[9];
                number[0] = 5;
                BinaryPrimitives.WriteDoubleLittleEndian(number.AsSpan(1), component.GetDouble());
                return number;
            case JsonValueKind.String:
                return [8, .. Encoding.UTF8.GetBytes(component.GetString()!), 255];
            default:
                throw CosmosRefusal.BadRequest("A partition key component must be a string, a number, a boolean or null.");
        }
    }
}
