using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlokSec.Local.Phones.Keys;

/// <summary>Writes a private key as <c>{kind}:{base64url}</c> into the phone's own file.</summary>
internal sealed class PhoneKeyConverter : JsonConverter<PhoneKey>
{
    public override PhoneKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            var parts = reader.GetString()!.Split(':', 2);
            return PhoneKey.Import(Enum.Parse<KeyKind>(parts[0]), Base64Url.DecodeFromChars(parts[1]));
        }
        catch (Exception e) when (e is not JsonException)
        {
            // The text is a private key: it must not be quoted
            throw new JsonException("The phone's private key cannot be read.", e);
        }
    }

    public override void Write(Utf8JsonWriter writer, PhoneKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue($"{value.Kind}:{Base64Url.EncodeToString(value.ExportPrivate())}");
}
