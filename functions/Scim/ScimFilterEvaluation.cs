using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>Whether a resource, or one value of a multi-valued attribute, meets a filter.</summary>
internal static class ScimFilterEvaluation
{
    /// <summary>Whether the resource meets it.</summary>
    public static bool IsMetBy(this ScimFilter filter, JsonObject resource) => filter switch
    {
        ScimFilter.And both => both.Left.IsMetBy(resource) && both.Right.IsMetBy(resource),
        ScimFilter.Or either => either.Left.IsMetBy(resource) || either.Right.IsMetBy(resource),
        ScimFilter.Not denied => !denied.Inner.IsMetBy(resource),
        ScimFilter.Compare compare => Holds(compare, Values(resource, compare.Path)),
        ScimFilter.Present present => Values(resource, present.Path).Any(IsPresent),
        ScimFilter.Any any => Values(resource, any.Path).OfType<JsonObject>().Any(any.Inner.IsMetByValue),
        _ => false,
    };

    /// <summary>Whether one value of the attribute that the filter stands behind meets it.</summary>
    public static bool IsMetByValue(this ScimFilter filter, JsonObject value) => filter switch
    {
        ScimFilter.And both => both.Left.IsMetByValue(value) && both.Right.IsMetByValue(value),
        ScimFilter.Or either => either.Left.IsMetByValue(value) || either.Right.IsMetByValue(value),
        ScimFilter.Not denied => !denied.Inner.IsMetByValue(value),
        ScimFilter.Compare compare => Holds(compare, value[compare.Path.Sub!.Name] is { } found ? [found] : []),
        ScimFilter.Present present => value[present.Path.Sub!.Name] is { } found && IsPresent(found),
        _ => false,
    };

    /// <summary>The values that the path names, those that are there.</summary>
    public static IEnumerable<JsonNode> Values(JsonObject resource, ScimPath path)
    {
        var container = path.IsOfExtension ? resource[path.Schema.Urn] as JsonObject : resource;
        if (path.Attribute is not { } attribute || container?[attribute.Name] is not { } found)
        {
            return [];
        }

        var values = found is JsonArray several ? several.OfType<JsonNode>() : [found];
        return path.Sub is not { } sub ? values : values.OfType<JsonObject>().Select(value => value[sub.Name]).OfType<JsonNode>();
    }

    /// <summary>Without a value nothing is equal but null; several values are met by any of them, and ne by all.</summary>
    private static bool Holds(ScimFilter.Compare compare, IEnumerable<JsonNode> found)
    {
        var attribute = compare.Path.Sub ?? compare.Path.Attribute!;
        if (compare.Value is not { } expected)
        {
            return found.Any(IsPresent) != (compare.Operator == ScimOperator.Eq);
        }

        return compare.Operator == ScimOperator.Ne
            ? found.All(value => ScimComparison.Holds(attribute, value, ScimOperator.Ne, expected))
            : found.Any(value => ScimComparison.Holds(attribute, value, compare.Operator, expected));
    }

    private static bool IsPresent(JsonNode value) => value switch
    {
        JsonArray array => array.Count > 0,
        JsonObject members => members.Count > 0,
        _ => value.GetValueKind() != System.Text.Json.JsonValueKind.String || value.GetValue<string>().Length > 0,
    };
}
