using System.Text.Json;
using System.Text.Json.Serialization;

namespace BlokSec.Local.Phones;

/// <summary>How phones write JSON: on the wire, in their file and to the control page.</summary>
internal static class PhoneJson
{
    /// <summary>camelCase, enums as camelCase words, absent instead of null.</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
