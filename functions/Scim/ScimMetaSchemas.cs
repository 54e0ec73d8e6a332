using static BlokSec.Functions.Scim.ScimKind;

namespace BlokSec.Functions.Scim;

/// <summary>The schemas of what the service tells of itself (RFC 7643, section 8.7.2). All of it is for reading.</summary>
internal static class ScimMetaSchemas
{
    public const string ConfigUrn = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

    public const string ResourceTypeUrn = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";

    public const string SchemaUrn = "urn:ietf:params:scim:schemas:core:2.0:Schema";

    public static readonly IReadOnlyList<ScimSchema> All =
    [
        new(
            ConfigUrn,
            "ServiceProviderConfig",
            "What the service can do",
            [
                Of("documentationUri", Reference, "Where people read about it.") with { ReferenceTypes = ["external"] },
                Feature("patch", "Changes by operations."),
                Feature("bulk", "Many operations in one request.", Of("maxOperations", Number, "How many at most."), Of("maxPayloadSize", Number, "How many bytes at most.")),
                Feature("filter", "Filters.", Of("maxResults", Number, "How many resources one answer has at most.")),
                Feature("changePassword", "Changes of passwords."),
                Feature("sort", "Sorted lists."),
                Feature("etag", "Entity tags."),
                Several("authenticationSchemes", "How callers show who they are.", Of("type", Text, "Which kind."), Of("name", Text, "Its name."),
                    Of("description", Text, "What it is."), Of("specUri", Reference, "Its specification.") with { ReferenceTypes = ["external"] },
                    Of("documentationUri", Reference, "Where people read about it.") with { IsRequired = false, ReferenceTypes = ["external"] },
                    Of("primary", Flag, "Whether it is the preferred one.") with { IsRequired = false }),
            ],
            []),
        new(
            ResourceTypeUrn,
            "ResourceType",
            "A kind of resource",
            [
                Of("id", Text, "Its id.") with { IsRequired = false },
                Of("name", Text, "Its name."),
                Of("description", Text, "What it is.") with { IsRequired = false },
                Of("endpoint", Reference, "Where its resources are.") with { ReferenceTypes = ["uri"] },
                Of("schema", Reference, "Its schema.") with { ReferenceTypes = ["uri"] },
                Several("schemaExtensions", "Its extensions.", Of("schema", Reference, "The schema.") with { ReferenceTypes = ["uri"] }, Of("required", Flag, "Whether every resource has it.")),
            ],
            []),
        new(
            SchemaUrn,
            "Schema",
            "A schema",
            [
                Of("id", Text, "Its URN."),
                Of("name", Text, "Its name.") with { IsRequired = false },
                Of("description", Text, "What it describes.") with { IsRequired = false },
                Several("attributes", "Its attributes.", [.. Attribute(), Several("subAttributes", "The attributes of a complex one.", Attribute()) with { IsRequired = false }]),
            ],
            []),
    ];

    private static ScimAttribute[] Attribute() =>
    [
        Of("name", Text, "Its name."),
        Of("type", Text, "Its kind of value.") with { CanonicalValues = ["string", "complex", "boolean", "decimal", "integer", "dateTime", "reference"] },
        Of("multiValued", Flag, "Whether it has several values."),
        Of("description", Text, "What it is.") with { IsRequired = false },
        Of("required", Flag, "Whether every resource has it.") with { IsRequired = false },
        Of("canonicalValues", Text, "Values that are expected.") with { IsRequired = false, IsMultiValued = true },
        Of("caseExact", Flag, "Whether upper and lower case differ.") with { IsRequired = false },
        Of("mutability", Text, "Who may change it.") with { CanonicalValues = ["readOnly", "readWrite", "immutable", "writeOnly"] },
        Of("returned", Text, "When it is answered.") with { CanonicalValues = ["always", "never", "default", "request"] },
        Of("uniqueness", Text, "Within what it is unique.") with { IsRequired = false, CanonicalValues = ["none", "server", "global"] },
        Of("referenceTypes", Text, "What it may refer to.") with { IsRequired = false, IsMultiValued = true },
    ];

    private static ScimAttribute Of(string name, ScimKind kind, string description) => new(name, kind, description)
    {
        IsRequired = true,
        IsCaseExact = kind is Text or Reference,
        Mutability = ScimMutability.ReadOnly,
    };

    private static ScimAttribute Several(string name, string description, params ScimAttribute[] members) =>
        Of(name, Complex, description) with { IsMultiValued = true, SubAttributes = members };

    private static ScimAttribute Feature(string name, string description, params ScimAttribute[] more) =>
        Of(name, Complex, description) with { SubAttributes = [Of("supported", Flag, "Whether the service can do it."), .. more] };
}
