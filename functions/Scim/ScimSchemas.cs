using static BlokSec.Functions.Scim.ScimKind;

namespace BlokSec.Functions.Scim;

/// <summary>What users have: the core schema (RFC 7643, section 4.1) and the enterprise extension (section 4.3).</summary>
internal static class ScimSchemas
{
    public const string UserUrn = "urn:ietf:params:scim:schemas:core:2.0:User";

    public const string EnterpriseUrn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

    public const string PatchUrn = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

    public const string ListUrn = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    public const string ErrorUrn = "urn:ietf:params:scim:api:messages:2.0:Error";

    public static readonly ScimAttribute UserName = new("userName", Text, "The name that the user is known by in the directory, such as a user principal name. Unique without case.")
    {
        IsRequired = true,
        IsUnique = true,
    };

    public static readonly ScimAttribute Active = new("active", Flag, "Whether the user may sign in. False suspends, which can be undone.");

    public static readonly ScimAttribute Emails = Plural("emails", "Email addresses; the one of type work is shown to administrators.", Text, "The address.", "work", "home", "other");

    public static readonly ScimAttribute PhoneNumbers =
        Plural("phoneNumbers", "Phone numbers; the one of type mobile is shown to administrators.", Text, "The number.", "work", "home", "mobile", "fax", "pager", "other");

    public static readonly ScimSchema User = new(
        UserUrn,
        "User",
        "A person",
        [
            UserName,
            new("name", Complex, "The parts of the name.")
            {
                SubAttributes =
                [
                    Plain("formatted", "The whole name, as it is written."),
                    Plain("familyName", "The family name."),
                    Plain("givenName", "The given name."),
                    Plain("middleName", "The middle names."),
                    Plain("honorificPrefix", "Titles before the name."),
                    Plain("honorificSuffix", "What follows the name."),
                ],
            },
            Plain("displayName", "The name that people see."),
            Plain("nickName", "How the user is called."),
            new("profileUrl", Reference, "A page about the user.") { ReferenceTypes = ["external"], IsCaseExact = true },
            Plain("title", "The title, such as Vice President."),
            Plain("userType", "The relationship to the organization, such as Employee."),
            Plain("preferredLanguage", "Languages, as in Accept-Language."),
            Plain("locale", "How numbers and dates are written, such as en-US."),
            Plain("timezone", "The time zone, such as America/Toronto."),
            Active,
            Emails,
            PhoneNumbers,
            Plural("ims", "Addresses of instant messaging.", Text, "The address.", "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
            Plural("photos", "Pictures of the user.", Reference, "The address of the picture.", "photo", "thumbnail"),
            new("addresses", Complex, "Postal addresses.")
            {
                IsMultiValued = true,
                SubAttributes =
                [
                    Plain("formatted", "The whole address."),
                    Plain("streetAddress", "The street and house."),
                    Plain("locality", "The city."),
                    Plain("region", "The state or region."),
                    Plain("postalCode", "The postal code."),
                    Plain("country", "The country."),
                    Plain("type", "What it is for.", "work", "home", "other"),
                    Primary,
                ],
            },
        ],
        [
            .. Common,
            Kept("groups", Complex, ScimMutability.ReadOnly),
            Kept("password", Text, ScimMutability.Dropped),
            Kept("roles", Complex, ScimMutability.Dropped),
            Kept("entitlements", Complex, ScimMutability.Dropped),
            Kept("x509Certificates", Complex, ScimMutability.Dropped),
        ]);

    public static readonly ScimSchema Enterprise = new(
        EnterpriseUrn,
        "EnterpriseUser",
        "What an organization says of a person",
        [
            Plain("employeeNumber", "The number that the organization gave."),
            Plain("costCenter", "The cost center."),
            Plain("organization", "The organization."),
            Plain("division", "The division."),
            Plain("department", "The department."),
            new("manager", Complex, "The user's manager.")
            {
                SubAttributes =
                [
                    new("value", Text, "The manager's id.") { IsCaseExact = true },
                    new("$ref", Reference, "The manager's address.") { ReferenceTypes = ["User"], IsCaseExact = true },
                    new("displayName", Text, "The manager's name.") { Mutability = ScimMutability.ReadOnly },
                ],
            },
        ],
        []);

    /// <summary>The longest name first, so that no name is taken for the beginning of another.</summary>
    public static readonly IReadOnlyList<ScimSchema> All = [User, Enterprise];

    public static ScimSchema? Of(string urn) => All.FirstOrDefault(schema => schema.Urn.Equals(urn, StringComparison.OrdinalIgnoreCase));

    private static ScimAttribute Primary => new("primary", Flag, "Whether it is the preferred one; at most one is.");

    private static ScimAttribute[] Common =>
    [
        new("schemas", Reference, "The schemas that the resource has attributes of.") { IsMultiValued = true, IsCaseExact = true, IsAlwaysReturned = true, Mutability = ScimMutability.ReadOnly },
        new("id", Text, "The id that the service gave; it never changes.") { IsCaseExact = true, IsAlwaysReturned = true, IsUnique = true, Mutability = ScimMutability.ReadOnly },
        new("externalId", Text, "The directory's own id of the user.") { IsCaseExact = true },
        new("meta", Complex, "What the service knows of the resource.")
        {
            Mutability = ScimMutability.ReadOnly,
            SubAttributes =
            [
                new("resourceType", Text, "The kind of resource.") { IsCaseExact = true, Mutability = ScimMutability.ReadOnly },
                new("created", Moment, "When it was made.") { Mutability = ScimMutability.ReadOnly },
                new("lastModified", Moment, "When it was changed.") { Mutability = ScimMutability.ReadOnly },
                new("location", Reference, "Its address.") { IsCaseExact = true, Mutability = ScimMutability.ReadOnly },
                new("version", Text, "Its version.") { IsCaseExact = true, Mutability = ScimMutability.ReadOnly },
            ],
        },
    ];

    private static ScimAttribute Plain(string name, string description, params string[] canonical) => new(name, Text, description) { CanonicalValues = canonical };

    private static ScimAttribute Kept(string name, ScimKind kind, ScimMutability mutability) => new(name, kind, "") { Mutability = mutability, IsMultiValued = kind == Complex };

    private static ScimAttribute Plural(string name, string description, ScimKind kind, string value, params string[] types) => new(name, Complex, description)
    {
        IsMultiValued = true,
        SubAttributes =
        [
            kind == Reference ? new("value", Reference, value) { ReferenceTypes = ["external"], IsCaseExact = true } : Plain("value", value),
            Plain("display", "How it is shown."),
            Plain("type", "What it is for.", types),
            Primary,
        ],
    };
}
