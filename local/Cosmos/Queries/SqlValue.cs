using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>Values of Cosmos SQL: JSON and undefined, which is <c>default</c>.</summary>
internal static class SqlValue
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static JsonElement True { get; } = JsonElement.Parse("true");

    public static JsonElement False { get; } = JsonElement.Parse("false");

    public static JsonElement Null { get; } = JsonElement.Parse("null");

    public static JsonElement Of(bool value) => value ? True : False;

    public static JsonElement Of(double value) => JsonSerializer.SerializeToElement(value);

    public static JsonElement Of(string value) => JsonSerializer.SerializeToElement(value, Relaxed);

    public static string Quote(string text) => JsonSerializer.Serialize(text, Relaxed);

    public static JsonElement Array(IEnumerable<JsonElement> items) => Build(writer =>
    {
        writer.WriteStartArray();
        foreach (var item in items.Where(item => item.ValueKind != JsonValueKind.Undefined))
        {
            item.WriteTo(writer);
        }

        writer.WriteEndArray();
    });

    /// <summary>An object of those properties that have a value.</summary>
    public static JsonElement Object(IEnumerable<(string Name, JsonElement Value)> properties) => Build(writer =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in properties.Where(property => property.Value.ValueKind != JsonValueKind.Undefined))
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }

        writer.WriteEndObject();
    });

    public static byte[] ToUtf8(JsonElement value) => Encoding.UTF8.GetBytes(value.GetRawText());

    /// <summary>The order of types: undefined, null, booleans, numbers, strings, arrays, objects.</summary>
    public static int Rank(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined => 0,
        JsonValueKind.Null => 1,
        JsonValueKind.False or JsonValueKind.True => 2,
        JsonValueKind.Number => 3,
        JsonValueKind.String => 4,
        JsonValueKind.Array => 5,
        _ => 6,
    };

    public static bool AreEqual(JsonElement left, JsonElement right) => Rank(left) == Rank(right) && left.ValueKind switch
    {
        JsonValueKind.String => left.ValueEquals(right.GetString()),
        JsonValueKind.Number => left.GetDouble().Equals(right.GetDouble()),
        JsonValueKind.Undefined => false,
        JsonValueKind.Object or JsonValueKind.Array => JsonElement.DeepEquals(left, right),
        var kind => kind == right.ValueKind,
    };

    /// <summary>The order of ORDER BY, MIN and MAX: by type, then by value.</summary>
    public static int Compare(JsonElement left, JsonElement right)
    {
        var ranks = Rank(left).CompareTo(Rank(right));
        return ranks != 0 ? ranks : left.ValueKind switch
        {
            JsonValueKind.String => string.CompareOrdinal(left.GetString(), right.GetString()),
            JsonValueKind.Number => left.GetDouble().CompareTo(right.GetDouble()),
            JsonValueKind.True or JsonValueKind.False => (left.ValueKind == JsonValueKind.True).CompareTo(right.ValueKind == JsonValueKind.True),
            JsonValueKind.Object or JsonValueKind.Array => string.CompareOrdinal(left.GetRawText(), right.GetRawText()),
            _ => 0,
        };
    }

    /// <summary>Whether a text has the same place among texts by their UTF-16 as by their UTF-8, by which SQLite orders.</summary>
    public static bool SortsAlike(string text) => !text.AsSpan().ContainsAnyInRange('\uD800', '\uFFFF');

    private static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            write(writer);
        }

        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
