using System.Text.Json.Nodes;
using BlokSec.Functions.Http;
using BlokSec.Functions.Identities;

namespace BlokSec.Functions.Scim;

/// <summary>Users as they are answered: attributes with <c>schemas</c>, <c>id</c> and <c>meta</c>.</summary>
internal sealed class ScimRepresentation(PublicAddress address)
{
    /// <summary>Where all of it is.</summary>
    public string BaseUrl => $"{address.Url}/api/scim/v2";

    public string LocationOf(string userId) => $"{BaseUrl}/Users/{userId}";

    /// <summary>The whole resource.</summary>
    public JsonObject Of(UserDocument user)
    {
        var attributes = ScimUsers.Attributes(user);
        var resource = new JsonObject
        {
            ["schemas"] = attributes.ContainsKey(ScimSchemas.EnterpriseUrn)
                ? new JsonArray(ScimSchemas.UserUrn, ScimSchemas.EnterpriseUrn)
                : new JsonArray(ScimSchemas.UserUrn),
            ["id"] = user.UserId,
        };
        foreach (var (name, value) in attributes)
        {
            resource[name] = value?.DeepClone();
        }

        resource["meta"] = new JsonObject
        {
            ["resourceType"] = "User",
            ["created"] = Time(user.CreatedAt),
            ["lastModified"] = Time(user.ChangedAt ?? user.CreatedAt),
            ["location"] = LocationOf(user.UserId),
            ["version"] = VersionOf(user),
        };
        return resource;
    }

    /// <summary>The entity tag: another one whenever a directory would see something else. Enrollments and sign-ins leave it alone.</summary>
    public static string VersionOf(UserDocument user) => $"W/\"{RequestIds.Fingerprint(user.UserId, ScimUsers.Attributes(user).ToJsonString())[..32]}\"";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
