using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlokSec.Contracts;

/// <summary>
/// Reads a moment that somebody tells: RFC 3339 with its offset. Without one it would be taken for a time of wherever the service runs, and be hours
/// off from what was meant.
/// </summary>
public sealed class MomentConverter : JsonConverter<DateTimeOffset>
{
    /// <summary>Characters of the shortest moment, <c>2026-11-25T08:30Z</c>.</summary>
    private const int Shortest = 17;

    /// <inheritdoc />
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var moment) && HasOffset(reader.GetString()!)
            ? moment
            : throw new JsonException("A moment is RFC 3339 with its offset, such as 2026-11-25T08:30:00Z.");

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value);
    }

    private static bool HasOffset(string text) => text.Length >= Shortest && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-');
}
