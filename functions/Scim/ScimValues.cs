using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>
/// Brings what directories send into the form of its attribute: names as the schema writes them, booleans that came as text, a single value
/// for several. What no schema knows and what only the service may set is left out; texts are kept as they were sent.
/// </summary>
internal static class ScimValues
{
    /// <summary>Values of one multi-valued attribute.</summary>
    public const int MaxValues = 50;

    /// <summary>The value in the attribute's form; null when it is none: unassigned (RFC 7643, section 2.5).</summary>
    /// <exception cref="ScimRefusal">It cannot be a value of the attribute.</exception>
    public static JsonNode? Read(ScimAttribute attribute, JsonNode? sent)
    {
        if (!attribute.IsMultiValued)
        {
            return ReadOne(attribute, sent);
        }

        var values = Several(attribute, sent);
        if (values.Count(IsPrimary) > 1)
        {
            throw ScimRefusal.InvalidValue($"Only one of {attribute.Name} is primary.");
        }

        return values.Length == 0 ? null : new JsonArray(values);
    }

    /// <summary>The values of a multi-valued attribute, in its form.</summary>
    public static JsonNode[] Several(ScimAttribute attribute, JsonNode? sent)
    {
        var values = sent is JsonArray array ? [.. array] : new[] { sent };
        if (values.Length > MaxValues)
        {
            throw TooMany(attribute);
        }

        return [.. values.Select(value => ReadOne(attribute, value)).OfType<JsonNode>()];
    }

    /// <summary>A boolean, or its text in any case; null when it is neither.</summary>
    public static bool? Boolean(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetValue<string>(), out var flag) => flag,
        _ => null,
    };

    public static bool IsPrimary(JsonNode? value) => value is JsonObject members && Boolean(members["primary"]) == true;

    public static ScimRefusal TooMany(ScimAttribute attribute) => ScimRefusal.InvalidValue($"{attribute.Name} takes at most {MaxValues} values.");

    /// <summary>The members of a complex value, for an attribute that has such.</summary>
    /// <exception cref="ScimRefusal">It is none.</exception>
    public static JsonObject Members(ScimAttribute attribute, JsonNode sent) => sent switch
    {
        JsonObject members => members,

        // A manager comes in a list of one too.
        JsonArray { Count: 1 } array when !attribute.IsMultiValued && array[0] is JsonObject members => members,
        JsonValue value when attribute.Sub("value") is not null && value.GetValueKind() == JsonValueKind.String => new JsonObject { ["value"] = value.GetValue<string>() },
        _ => throw ScimRefusal.InvalidValue($"{attribute.Name} is an object."),
    };

    private static JsonNode? ReadOne(ScimAttribute attribute, JsonNode? sent)
    {
        if (sent is null or JsonArray { Count: 0 })
        {
            return null;
        }

        if (attribute.Kind != ScimKind.Complex && sent is JsonArray { Count: 1 } list && list[0] is JsonObject wrapped && wrapped["value"] is JsonValue value)
        {
            // Earlier versions of Microsoft Entra ID wrap a single value.
            return ReadOne(attribute, value);
        }

        return attribute.Kind switch
        {
            ScimKind.Complex => ReadComplex(attribute, Members(attribute, sent)),
            ScimKind.Flag => JsonValue.Create(Boolean(sent) ?? throw ScimRefusal.InvalidValue($"{attribute.Name} is true or false.")),
            _ => sent.GetValueKind() == JsonValueKind.String
                ? JsonValue.Create(sent.GetValue<string>())
                : throw ScimRefusal.InvalidValue($"{attribute.Name} is a text."),
        };
    }

    private static JsonObject? ReadComplex(ScimAttribute attribute, JsonObject sent)
    {
        var read = new JsonObject();
        foreach (var (name, value) in sent)
        {
            if (attribute.Sub(name) is { Mutability: ScimMutability.ReadWrite } sub && ReadOne(sub, value) is { } found)
            {
                read[sub.Name] = found;
            }
        }

        // Only of a manager, an empty id means that there is none.
        var isNone = read.Count == 0 || (!attribute.IsMultiValued && read is { Count: 1 } && read["value"] is JsonValue id && id.GetValue<string>().Length == 0);
        return isNone ? null : read;
    }
}
