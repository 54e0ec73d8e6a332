using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>The kinds of operations (RFC 7644, section 3.5.2).</summary>
internal enum ScimPatchKind
{
    Add,
    Replace,
    Remove,
}

/// <summary>
/// Applies the operations of a PATCH in their order, all of them or none, as Microsoft Entra ID and Okta send them: kinds in any case,
/// no path and members with points and schemas in their names, booleans as text, a value path that finds nothing and is made then.
/// </summary>
internal static class ScimPatch
{
    /// <summary>Operations in one request.</summary>
    public const int MaxOperations = 100;

    /// <summary>The resource after all operations; what was given stays as it is.</summary>
    /// <param name="resource">The user's attributes, in the form of their schemas.</param>
    /// <param name="request">The request's body.</param>
    /// <exception cref="ScimRefusal">One of the operations cannot be carried out.</exception>
    public static JsonObject Apply(JsonObject resource, JsonObject request)
    {
        ScimResource.RequireSchema(request, ScimSchemas.PatchUrn);
        if (ScimResource.Member(request, "Operations") is not JsonArray operations)
        {
            throw ScimRefusal.InvalidSyntax("Operations is missing, or not a list.");
        }

        if (operations.Count > MaxOperations)
        {
            throw ScimRefusal.InvalidValue($"A request takes at most {MaxOperations} operations.");
        }

        var patched = resource.DeepClone().AsObject();
        foreach (var operation in operations)
        {
            CarryOut(patched, operation as JsonObject ?? throw ScimRefusal.InvalidSyntax("An operation is an object."));
        }

        ScimEntries.DropEmpty(patched);
        return patched;
    }

    /// <summary>Sets each member of a resource; what no schema knows, and what only the service sets, is left out.</summary>
    /// <param name="resource">What is changed.</param>
    /// <param name="kind">How: not <see cref="ScimPatchKind.Remove"/>.</param>
    /// <param name="members">Names, with points, schemas and value paths in them too, and values.</param>
    public static void SetMembers(JsonObject resource, ScimPatchKind kind, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (ScimFilterParser.TryParsePath(name, out var target, out var filter) && target!.Mutability == ScimMutability.ReadWrite)
            {
                Apply(resource, kind, target, filter, value);
            }
        }
    }

    private static void CarryOut(JsonObject resource, JsonObject operation)
    {
        var kind = KindOf(ScimResource.Member(operation, "op"));
        var hasValue = operation.Any(member => member.Key.Equals("value", StringComparison.OrdinalIgnoreCase));
        var value = ScimResource.Member(operation, "value");
        if (kind != ScimPatchKind.Remove && !hasValue)
        {
            throw ScimRefusal.InvalidValue("The value of an operation is missing.");
        }

        var path = ScimResource.Text(ScimResource.Member(operation, "path"), "path");
        if (string.IsNullOrEmpty(path))
        {
            if (kind == ScimPatchKind.Remove)
            {
                throw ScimRefusal.NoTarget("What is removed has to be named by path.");
            }

            SetMembers(resource, kind, value as JsonObject ?? throw ScimRefusal.InvalidValue("The value of an operation without path is an object."));
            return;
        }

        if (!ScimFilterParser.TryParsePath(path, out var target, out var filter))
        {
            throw ScimRefusal.InvalidPath("The path names an attribute that users do not have.");
        }

        if (target!.Mutability == ScimMutability.ReadOnly)
        {
            throw ScimRefusal.Mutability("Only the service changes this attribute.");
        }

        if (target.Mutability == ScimMutability.ReadWrite)
        {
            Apply(resource, kind, target, filter, value);
        }
    }

    private static void Apply(JsonObject resource, ScimPatchKind kind, ScimPath target, ScimFilter? filter, JsonNode? value)
    {
        if (target.Attribute is not { } attribute)
        {
            ApplyToSchema(resource, kind, target.Schema, value);
            return;
        }

        if (kind == ScimPatchKind.Remove && attribute.IsRequired)
        {
            throw ScimRefusal.Mutability($"{attribute.Name} cannot be removed.");
        }

        if (kind != ScimPatchKind.Remove && value is null && !attribute.IsRequired)
        {
            // Unassigned (RFC 7643, section 2.5).
            kind = ScimPatchKind.Remove;
        }

        var parent = resource;
        if (target.IsOfExtension)
        {
            parent = resource[target.Schema.Urn] as JsonObject ?? [];
            resource[target.Schema.Urn] = parent;
        }

        if (attribute.IsMultiValued)
        {
            new ScimEntries(parent, attribute).Apply(kind, filter, target.Sub, value);
        }
        else
        {
            ApplyToOne(parent, kind, attribute, target.Sub, value);
        }

        if (parent.Count == 0 && target.IsOfExtension)
        {
            resource.Remove(target.Schema.Urn);
        }
    }

    private static void ApplyToSchema(JsonObject resource, ScimPatchKind kind, ScimSchema schema, JsonNode? value)
    {
        if (schema == ScimSchemas.User)
        {
            throw ScimRefusal.InvalidPath("The path names no attribute.");
        }

        if (kind == ScimPatchKind.Remove || value is null)
        {
            resource.Remove(schema.Urn);
            return;
        }

        foreach (var (name, member) in value as JsonObject ?? throw ScimRefusal.InvalidValue("The attributes of a schema are an object."))
        {
            if (ScimPath.TryParse($"{schema.Urn}:{name}", out var path) && path.Mutability == ScimMutability.ReadWrite)
            {
                Apply(resource, kind, path, filter: null, member);
            }
        }
    }

    private static void ApplyToOne(JsonObject parent, ScimPatchKind kind, ScimAttribute attribute, ScimAttribute? sub, JsonNode? value)
    {
        if (attribute.Kind != ScimKind.Complex || (kind == ScimPatchKind.Remove && sub is null))
        {
            Set(parent, attribute, kind == ScimPatchKind.Remove ? null : value);
            return;
        }

        var members = parent[attribute.Name] as JsonObject ?? [];
        var changes = sub is not null ? new JsonObject { [sub.Name] = kind == ScimPatchKind.Remove ? null : value?.DeepClone() } : ScimValues.Members(attribute, value!);
        Merge(members, attribute, changes);
        parent[attribute.Name] = members.Count == 0 || IsNoManager(members) ? null : members;
        if (parent[attribute.Name] is null)
        {
            parent.Remove(attribute.Name);
        }
    }

    /// <summary>Sets the members that the changes name, and takes those away that they unassign. The rest stays.</summary>
    public static void Merge(JsonObject members, ScimAttribute attribute, JsonObject changes)
    {
        if (changes.Any(change => change.Key.Equals("value", StringComparison.OrdinalIgnoreCase)))
        {
            // The address of another one.
            members.Remove("$ref");
        }

        foreach (var (name, value) in changes)
        {
            if (attribute.Sub(name) is { Mutability: ScimMutability.ReadWrite } sub)
            {
                Set(members, sub, value);
            }
        }
    }

    private static bool IsNoManager(JsonObject members) => members["value"] is JsonValue id && id.GetValueKind() == JsonValueKind.String && id.GetValue<string>().Length == 0;

    private static void Set(JsonObject parent, ScimAttribute attribute, JsonNode? value)
    {
        if (ScimValues.Read(attribute, value) is { } read)
        {
            parent[attribute.Name] = read;
        }
        else if (attribute.IsRequired)
        {
            throw ScimRefusal.InvalidValue($"{attribute.Name} is missing.");
        }
        else
        {
            parent.Remove(attribute.Name);
        }
    }

    private static ScimPatchKind KindOf(JsonNode? op) => ScimResource.Text(op, "op")?.ToUpperInvariant() switch
    {
        "ADD" => ScimPatchKind.Add,
        "REPLACE" => ScimPatchKind.Replace,
        "REMOVE" => ScimPatchKind.Remove,
        _ => throw ScimRefusal.InvalidSyntax("op is add, replace or remove."),
    };
}
