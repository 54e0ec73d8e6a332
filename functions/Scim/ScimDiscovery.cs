using System.Text.Json.Nodes;

namespace BlokSec.Functions.Scim;

/// <summary>What the service tells of itself (RFC 7643, sections 5 to 7).</summary>
internal static class ScimDiscovery
{
    public static JsonObject Config(string baseUrl) => new()
    {
        ["schemas"] = new JsonArray(ScimMetaSchemas.ConfigUrn),
        ["documentationUri"] = "https://docs.bloksec.io/provisioning",
        ["patch"] = new JsonObject { ["supported"] = true },
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimLists.MaxCount },
        ["changePassword"] = new JsonObject { ["supported"] = false },
        ["sort"] = new JsonObject { ["supported"] = false },
        ["etag"] = new JsonObject { ["supported"] = true },
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken",
            ["name"] = "OAuth bearer token",
            ["description"] = "An access token of an application that has the role Directory.Provision, or a provisioning token.",
            ["specUri"] = "https://www.rfc-editor.org/info/rfc6750",
            ["primary"] = true,
        }),
        ["meta"] = Meta("ServiceProviderConfig", $"{baseUrl}/ServiceProviderConfig"),
    };

    /// <summary>The kinds of resources, by their ids.</summary>
    public static IReadOnlyDictionary<string, JsonObject> ResourceTypes(string baseUrl) => new Dictionary<string, JsonObject>(StringComparer.OrdinalIgnoreCase)
    {
        ["User"] = new()
        {
            ["schemas"] = new JsonArray(ScimMetaSchemas.ResourceTypeUrn),
            ["id"] = "User",
            ["name"] = "User",
            ["endpoint"] = "/Users",
            ["description"] = "A person",
            ["schema"] = ScimSchemas.UserUrn,
            ["schemaExtensions"] = new JsonArray(new JsonObject { ["schema"] = ScimSchemas.EnterpriseUrn, ["required"] = false }),
            ["meta"] = Meta("ResourceType", $"{baseUrl}/ResourceTypes/User"),
        },
    };

    /// <summary>The schemas, by their names.</summary>
    public static IReadOnlyDictionary<string, JsonObject> Schemas(string baseUrl) => ScimSchemas.All.Concat(ScimMetaSchemas.All).ToDictionary(
        schema => schema.Urn,
        schema => new JsonObject
        {
            ["schemas"] = new JsonArray(ScimMetaSchemas.SchemaUrn),
            ["id"] = schema.Urn,
            ["name"] = schema.Name,
            ["description"] = schema.Description,
            ["attributes"] = new JsonArray([.. schema.Attributes.Select(Attribute)]),
            ["meta"] = Meta("Schema", $"{baseUrl}/Schemas/{schema.Urn}"),
        },
        StringComparer.OrdinalIgnoreCase);

    private static JsonObject Attribute(ScimAttribute attribute)
    {
        var described = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Kind switch
            {
                ScimKind.Flag => "boolean",
                ScimKind.Moment => "dateTime",
                ScimKind.Reference => "reference",
                ScimKind.Complex => "complex",
                ScimKind.Number => "integer",
                _ => "string",
            },
            ["multiValued"] = attribute.IsMultiValued,
            ["description"] = attribute.Description,
            ["required"] = attribute.IsRequired,
            ["caseExact"] = attribute.IsCaseExact,
            ["mutability"] = attribute.Mutability == ScimMutability.ReadOnly ? "readOnly" : "readWrite",
            ["returned"] = attribute.IsAlwaysReturned ? "always" : "default",
            ["uniqueness"] = attribute.IsUnique ? "server" : "none",
        };
        Add(described, "canonicalValues", attribute.CanonicalValues);
        Add(described, "referenceTypes", attribute.ReferenceTypes);
        if (attribute.SubAttributes.Count > 0)
        {
            described["subAttributes"] = new JsonArray([.. attribute.SubAttributes.Select(Attribute)]);
        }

        return described;
    }

    private static void Add(JsonObject described, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            described[name] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        }
    }

    private static JsonObject Meta(string type, string location) => new() { ["resourceType"] = type, ["location"] = location };
}
