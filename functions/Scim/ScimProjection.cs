using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>Which attributes an answer has (RFC 7644, section 3.9): <c>id</c> and <c>schemas</c> always, all others by default.</summary>
internal sealed class ScimProjection
{
    /// <summary>Attributes that a request may name.</summary>
    private const int MaxNames = 100;

    private readonly IReadOnlyList<ScimPath>? only;
    private readonly IReadOnlyList<ScimPath> without;

    private ScimProjection(IReadOnlyList<ScimPath>? only, IReadOnlyList<ScimPath> without)
    {
        this.only = only;
        this.without = without;
    }

    /// <summary>Reads the two parameters; where both are there, the first counts. Names that no schema knows are left out.</summary>
    /// <exception cref="ScimRefusal">There are too many names.</exception>
    public static ScimProjection Of(string? attributes, string? excludedAttributes) => new(
        string.IsNullOrWhiteSpace(attributes) ? null : Paths(attributes),
        string.IsNullOrWhiteSpace(attributes) && excludedAttributes is not null ? Paths(excludedAttributes) : []);

    /// <summary>The resource with the attributes that were asked for.</summary>
    public JsonObject Of(JsonObject resource)
    {
        if (only is null && without.Count == 0)
        {
            return resource;
        }

        var projected = only is null ? resource.DeepClone().AsObject() : [];
        foreach (var path in only ?? [])
        {
            Copy(resource, projected, path);
        }

        foreach (var path in without.Where(path => path.Attribute is not { IsAlwaysReturned: true }))
        {
            Remove(projected, path);
        }

        return only is null ? projected : Ordered(resource, projected);
    }

    private static ScimPath[] Paths(string names)
    {
        var split = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return split.Length > MaxNames
            ? throw ScimRefusal.InvalidValue($"A request names at most {MaxNames} attributes.")
            : [.. split.Select(name => ScimPath.TryParse(name, out var path) ? path : null).OfType<ScimPath>()];
    }

    private static void Copy(JsonObject resource, JsonObject projected, ScimPath path)
    {
        var (source, target) = (resource, projected);
        if (path.IsOfExtension)
        {
            if (resource[path.Schema.Urn] is not JsonObject extension)
            {
                return;
            }

            source = extension;
            target = projected[path.Schema.Urn] as JsonObject ?? [];
            projected[path.Schema.Urn] = target;
        }

        foreach (var attribute in path.Attribute is { } one ? [one] : path.Schema.Attributes)
        {
            if (source[attribute.Name] is { } found)
            {
                target[attribute.Name] = path.Sub is { } sub ? CopySub(found, target[attribute.Name], sub) : found.DeepClone();
            }
        }
    }

    private static JsonNode CopySub(JsonNode found, JsonNode? copied, ScimAttribute sub)
    {
        if (found is JsonArray values)
        {
            var earlier = copied as JsonArray;
            return new JsonArray([.. values.Select((value, index) => CopySub(value!, earlier?[index], sub))]);
        }

        var copy = copied?.DeepClone() as JsonObject ?? [];
        copy[sub.Name] = found[sub.Name]?.DeepClone();
        if (copy[sub.Name] is null)
        {
            copy.Remove(sub.Name);
        }

        return copy;
    }

    private static void Remove(JsonObject projected, ScimPath path)
    {
        var container = path.IsOfExtension ? projected[path.Schema.Urn] as JsonObject : projected;
        if (path.Attribute is not { } attribute)
        {
            projected.Remove(path.Schema.Urn);
        }
        else if (path.Sub is not { } sub)
        {
            container?.Remove(attribute.Name);
        }
        else
        {
            foreach (var value in container?[attribute.Name] is JsonArray several ? [.. several] : new[] { container?[attribute.Name] })
            {
                (value as JsonObject)?.Remove(sub.Name);
            }
        }
    }

    /// <summary>With what every answer has, in the order of the resource.</summary>
    private static JsonObject Ordered(JsonObject resource, JsonObject projected) => new(resource
        .Where(member => projected.ContainsKey(member.Key) || member.Key is "id" or "schemas")
        .Select(member => KeyValuePair.Create(member.Key, (projected[member.Key] ?? member.Value)?.DeepClone())));
}
