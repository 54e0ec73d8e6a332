namespace BlokSec.Functions.Tests.Scim;

/// <summary>Requests as Okta sends them, after its documentation.</summary>
internal static class OktaRequests
{
    public static string Create(string userName, string externalId) => $$"""
        {
          "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
          "userName": "{{userName}}",
          "name": { "givenName": "Ana", "familyName": "Sousa" },
          "emails": [{ "primary": true, "value": "{{userName}}", "type": "work" }],
          "displayName": "Ana Sousa",
          "locale": "en-US",
          "externalId": "{{externalId}}",
          "groups": [],
          "password": "1mz050nq",
          "active": true
        }
        """;

    /// <summary>A whole user that was read before, with what only the service sets.</summary>
    public static string Put(string id, string userName, string externalId, bool active) => $$"""
        {
          "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
          "id": "{{id}}",
          "userName": "{{userName}}",
          "name": { "givenName": "Ana", "middleName": "Maria", "familyName": "Sousa" },
          "emails": [{ "primary": true, "value": "{{userName}}", "type": "work", "display": "{{userName}}" }],
          "active": {{(active ? "true" : "false")}},
          "externalId": "{{externalId}}",
          "groups": [{ "value": "everyone" }],
          "meta": { "resourceType": "User", "location": "https://elsewhere.example/Users/1", "version": "W/\"1\"" }
        }
        """;

    public const string Deactivate = """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}
        """;

    public const string Activate = """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":true}}]}
        """;

    public const string Password = """
        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"password":"another-secret-1"}}]}
        """;
}
