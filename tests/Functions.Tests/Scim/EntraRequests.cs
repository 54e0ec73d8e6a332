namespace BlokSec.Functions.Tests.Scim;

/// <summary>Requests as Microsoft Entra ID sends them, after its documentation and reports of what it really sent.</summary>
internal static class EntraRequests
{
    /// <summary>A user of the gallery's default mapping, with what no directory decides about here.</summary>
    public static string Create(string userName, string externalId) => $$"""
        {
          "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
          "externalId": "{{externalId}}",
          "userName": "{{userName}}",
          "active": true,
          "displayName": "Bo Jensen",
          "title": null,
          "addresses": [{ "primary": false, "type": "work", "country": "Norway", "streetAddress": "Karl Johans gate 1", "postalCode": null }],
          "emails": [{ "primary": true, "type": "work", "value": "{{userName}}" }],
          "phoneNumbers": [{ "primary": true, "type": "mobile", "value": "+47 918 12 345" }],
          "meta": { "resourceType": "User" },
          "name": { "formatted": "Bo Jensen", "familyName": "Jensen", "givenName": "Bo" },
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "employeeNumber": "00701", "department": "Sales", "manager": "5d48a0a8e9f04aa38008" },
          "roles": []
        }
        """;

    /// <summary>Soft deletion, as it is sent by default.</summary>
    public const string Disable = """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}
        """;

    public const string Enable = """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"True"}]}
        """;

    /// <summary>The same with the flag <c>aadOptscim062020</c>.</summary>
    public const string DisableByTheStandard = """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}
        """;

    /// <summary>Many attributes, one operation each.</summary>
    public const string ChangeMany = """
        {
          "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations": [
            { "op": "Replace", "path": "displayName", "value": "Bo Jensen-Lund" },
            { "op": "Replace", "path": "name.familyName", "value": "Jensen-Lund" },
            { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "bo.lund@contoso.example" },
            { "op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "+47 22 12 34 56" },
            { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "00702" },
            { "op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Marketing" },
            { "op": "Remove", "path": "addresses[type eq \"work\"].streetAddress" }
          ]
        }
        """;

    /// <summary>Many attributes without a path, with the flag <c>aadOptscim062020</c>.</summary>
    public const string ChangeManyByTheStandard = """
        {
          "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations": [
            { "op": "replace", "value": {
                "displayName": "Bo Jensen-Lund",
                "name.familyName": "Jensen-Lund",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "00702",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Marketing" } } },
            { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "bo.lund@contoso.example" },
            { "op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "+47 22 12 34 56" },
            { "op": "remove", "path": "addresses[type eq \"work\"].streetAddress" }
          ]
        }
        """;

    /// <summary>An address for a user who has none: three operations on an entry that is not there.</summary>
    public const string FirstEmail = """
        {
          "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations": [
            { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "first@contoso.example" },
            { "op": "Add", "path": "emails[type eq \"work\"].primary", "value": "true" },
            { "op": "Add", "path": "emails[type eq \"work\"].type", "value": "work" }
          ]
        }
        """;

    /// <summary>A manager, as an object in a list.</summary>
    public const string Manager = """
        {
          "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
          "Operations": [
            { "op": "Add", "path": "manager", "value": [{ "$ref": "http://example.com/scim/v2/Users/0a21f0f2", "value": "0a21f0f2" }] }
          ]
        }
        """;

    public static string Rename(string userName) => $$"""
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"userName","value":"{{userName}}"}]}
        """;
}
