using System.Globalization;
using System.Text.Json;

namespace BlokSec.Local.Cosmos.Queries;

/// <summary>
/// The built-in functions that are known here (https://learn.microsoft.com/azure/cosmos-db/nosql/query/system-functions). An argument
/// of the wrong type makes the result undefined.
/// </summary>
internal static class SqlFunctions
{
    private static readonly Dictionary<string, Func<JsonElement[], JsonElement>> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["IS_DEFINED"] = arguments => SqlValue.Of(arguments[0].ValueKind != JsonValueKind.Undefined),
        ["IS_NULL"] = Is(JsonValueKind.Null),
        ["IS_BOOL"] = Is(JsonValueKind.True, JsonValueKind.False),
        ["IS_BOOLEAN"] = Is(JsonValueKind.True, JsonValueKind.False),
        ["IS_NUMBER"] = Is(JsonValueKind.Number),
        ["IS_STRING"] = Is(JsonValueKind.String),
        ["IS_ARRAY"] = Is(JsonValueKind.Array),
        ["IS_OBJECT"] = Is(JsonValueKind.Object),
        ["IS_PRIMITIVE"] = Is(JsonValueKind.Null, JsonValueKind.True, JsonValueKind.False, JsonValueKind.Number, JsonValueKind.String),
        ["STARTSWITH"] = Text((text, part, comparison) => SqlValue.Of(text.StartsWith(part, comparison))),
        ["ENDSWITH"] = Text((text, part, comparison) => SqlValue.Of(text.EndsWith(part, comparison))),
        ["CONTAINS"] = Text((text, part, comparison) => SqlValue.Of(text.Contains(part, comparison))),
        ["STRINGEQUALS"] = Text((text, part, comparison) => SqlValue.Of(text.Equals(part, comparison))),
        ["INDEX_OF"] = Text((text, part, comparison) => SqlValue.Of(text.IndexOf(part, comparison))),
        ["LOWER"] = Text(text => SqlValue.Of(CultureInfo.InvariantCulture.TextInfo.ToLower(text))),
        ["UPPER"] = Text(text => SqlValue.Of(text.ToUpperInvariant())),
        ["TRIM"] = Text(text => SqlValue.Of(text.Trim())),
        ["LENGTH"] = Text(text => SqlValue.Of(text.Length)),
        ["CONCAT"] = arguments => arguments.All(IsText) ? SqlValue.Of(string.Concat(arguments.Select(part => part.GetString()))) : default,
        ["SUBSTRING"] = Substring,
        ["ARRAY_LENGTH"] = arguments => arguments[0].ValueKind == JsonValueKind.Array ? SqlValue.Of(arguments[0].GetArrayLength()) : default,
        ["ARRAY_CONTAINS"] = ArrayContains,
    };

    public static Func<JsonElement[], JsonElement> Find(string name) =>
        Known.TryGetValue(name, out var function) ? function : throw CosmosRefusal.Unsupported($"the function {name}");

    private static bool IsText(JsonElement value) => value.ValueKind == JsonValueKind.String;

    private static Func<JsonElement[], JsonElement> Is(params JsonValueKind[] kinds) =>
        arguments => SqlValue.Of(kinds.Contains(arguments[0].ValueKind));

    private static Func<JsonElement[], JsonElement> Text(Func<string, JsonElement> function) =>
        arguments => IsText(arguments[0]) ? function(arguments[0].GetString()!) : default;

    /// <summary>A function of two texts whose third argument, if true, makes it ignore case.</summary>
    private static Func<JsonElement[], JsonElement> Text(Func<string, string, StringComparison, JsonElement> function) => arguments =>
    {
        var ignoreCase = arguments.Length > 2 && arguments[2].ValueKind == JsonValueKind.True;
        return IsText(arguments[0]) && IsText(arguments[1])
            ? function(
                arguments[0].GetString()!, arguments[1].GetString()!, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            : default;
    };

    private static JsonElement Substring(JsonElement[] arguments)
    {
        if (!IsText(arguments[0]) || !arguments[1].TryGetInt32(out var start) || !arguments[2].TryGetInt32(out var length))
        {
            return default;
        }

        var text = arguments[0].GetString()!;
        start = Math.Clamp(start, 0, text.Length);
        return SqlValue.Of(text.Substring(start, Math.Clamp(length, 0, text.Length - start)));
    }

    private static JsonElement ArrayContains(JsonElement[] arguments)
    {
        if (arguments[0].ValueKind != JsonValueKind.Array || arguments[1].ValueKind == JsonValueKind.Undefined)
        {
            return default;
        }

        var partly = arguments.Length > 2 && arguments[2].ValueKind == JsonValueKind.True && arguments[1].ValueKind == JsonValueKind.Object;
        return SqlValue.Of(arguments[0].EnumerateArray().Any(item => partly ? Includes(item, arguments[1]) : SqlValue.AreEqual(item, arguments[1])));
    }

    private static bool Includes(JsonElement item, JsonElement part) => item.ValueKind == JsonValueKind.Object
        && part.EnumerateObject().All(property => item.TryGetProperty(property.Name, out var value) && SqlValue.AreEqual(value, property.Value));
}
