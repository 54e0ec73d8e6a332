using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BlokSec.Functions.AuditChain;

/// <summary>
/// The one form of a JSON text that hashes are made of (RFC 8785): members in the order of their names, no blanks, characters as they are. Numbers
/// are integers here; another one stays as it is written.
/// </summary>
internal static class CanonicalJson
{
    public static byte[] Of(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>An object of some members of another.</summary>
    public static byte[] Of(IEnumerable<JsonProperty> members, Action<StringBuilder, JsonProperty> appendValue)
    {
        var text = new StringBuilder();
        Append(text, members, appendValue);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static void Append(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Append(text, value.EnumerateObject(), static (text, member) => Append(text, member.Value));
                break;
            case JsonValueKind.Array:
                Append(text, value.EnumerateArray());
                break;
            case JsonValueKind.String:
                AppendText(text, value.GetString()!);
                break;
            case JsonValueKind.Number when value.TryGetInt64(out var number):
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    /// <summary>A list of values.</summary>
    public static void Append(StringBuilder text, IEnumerable<JsonElement> values)
    {
        text.Append('[');
        var separator = "";
        foreach (var value in values)
        {
            text.Append(separator);
            Append(text, value);
            separator = ",";
        }

        text.Append(']');
    }

    private static void Append(StringBuilder text, IEnumerable<JsonProperty> members, Action<StringBuilder, JsonProperty> appendValue)
    {
        text.Append('{');
        var separator = "";
        foreach (var member in members.OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            text.Append(separator);
            AppendText(text, member.Name);
            text.Append(':');
            appendValue(text, member);
            separator = ",";
        }

        text.Append('}');
    }

    private static void AppendText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => text.Append(character),
            };
        }

        text.Append('"');
    }
}
