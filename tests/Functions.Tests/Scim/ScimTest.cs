using System.Text;
using System.Text.Json;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Scim;

/// <summary>What tests of SCIM share: calls as a directory makes them.</summary>
internal static class ScimTest
{
    public const string Json = "application/scim+json";

    /// <summary>The token of an application that may provision users of a tenant.</summary>
    public static string DirectoryToken(this OpenCloud cloud, string tenant = TestCloud.Tenant, params string[] roles) => cloud.Issuer.Token(new TokenClaims
    {
        Subject = "directory",
        Tenant = tenant,
        Roles = roles.Length == 0 ? ["Directory.Provision"] : roles,
        Scope = null,
        Further = new Dictionary<string, object> { ["idtyp"] = "app", ["azp"] = "directory" },
    });

    /// <summary>A name that no other test has.</summary>
    public static string NewName(string domain = "contoso.example") => $"bo.{Guid.NewGuid():N}@{domain}";

    public static Task<RawAnswer> ScimAsync(
        this OpenCloud cloud, HttpMethod method, string path, string? body = null, string? token = null, params (string Name, string Value)[] headers) =>
        cloud.Api.SendAsync(
            method,
            $"scim/v2/{path}",
            body is null ? null : Encoding.UTF8.GetBytes(body),
            $"{Json}; charset=utf-8",
            headers.Append(("Authorization", $"Bearer {token ?? cloud.DirectoryToken()}")));

    /// <summary>A user of Entra's.</summary>
    public static async Task<JsonElement> ProvisionedAsync(this OpenCloud cloud, string? userName = null, string? externalId = null, string? token = null)
    {
        var answer = await cloud.ScimAsync(
            HttpMethod.Post, "Users", EntraRequests.Create(userName ?? NewName(), externalId ?? Guid.NewGuid().ToString()), token);
        return answer.Scim(201);
    }

    public static Task<RawAnswer> FindAsync(this OpenCloud cloud, string filter, string? token = null, string further = "") =>
        cloud.ScimAsync(HttpMethod.Get, $"Users?filter={Uri.EscapeDataString(filter)}{further}", token: token);

    /// <summary>The ids that a filter finds.</summary>
    public static async Task<IReadOnlyList<string>> FoundAsync(this OpenCloud cloud, string filter, string? token = null) =>
        [.. (await cloud.FindAsync(filter, token)).Scim(200).GetProperty("Resources").EnumerateArray().Select(Id)];

    public static string Id(this JsonElement user) => user.GetProperty("id").GetString()!;

    public static string? Text(this JsonElement user, string name) => user.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Asserts that this is an answer of SCIM with this status.</summary>
    public static JsonElement Scim(this RawAnswer answer, int status)
    {
        Assert.True((status, Json) == (answer.Status, answer.ContentType), $"expected {status}, got {answer.Status} {answer.ContentType} {answer.Text}");
        return answer.Json;
    }

    /// <summary>Asserts that this is an error of SCIM (RFC 7644, section 3.12).</summary>
    public static void ScimError(this RawAnswer answer, int status, string? scimType = null)
    {
        var error = answer.Scim(status);
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", error.GetProperty("schemas")[0].GetString());
        Assert.Equal((scimType, status.ToString(System.Globalization.CultureInfo.InvariantCulture)), (error.Text("scimType"), error.Text("status")));
        Assert.NotEmpty(error.Text("detail")!);
    }
}
