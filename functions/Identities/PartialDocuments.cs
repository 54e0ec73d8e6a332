using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace BlokSec.Functions.Identities;

/// <summary>
/// Reads what can be read of a document that another service, a later version or an editor left in another form. What cannot be read is a
/// placeholder; such a document is never written back.
/// </summary>
internal static class PartialDocuments
{
    /// <summary>What stands where a text cannot be read.</summary>
    public const string Unreadable = "(unreadable)";

    /// <summary>Stands for an epoch that cannot be read.</summary>
    public const long NoEpoch = -1;

    /// <summary>Members of a user that are only shown, searched or sorted by; on all others decisions rest.</summary>
    private static readonly string[] Descriptive =
    [
        "givenName", "familyName", "email", "mobile", "searchText", "sortName", "createdAt", "accountCount", "deviceCount",
        "userName", "userNameKey", "emailKey", "externalId", "displayName", "accountsVersion", "createdBy",
        "scimAttributes", "directoryEmails", "sharesEmail", "changedAt", "dids", "department", "departmentKey",
    ];

    /// <summary>Members on which decisions rest and that every user has.</summary>
    private static readonly string[] Needed = ["epoch", "didState"];

    private static readonly JsonPropertyInfo[] Decisive =
        [.. Json.Documents.GetTypeInfo(typeof(UserDocument)).Properties.Where(member => !Descriptive.Contains(member.Name))];

    /// <summary>A device, so that it can be shown, revoked and removed by its id.</summary>
    public static DeviceDocument? Device(JsonElement document) => Read<DeviceDocument>(document, new JsonObject
    {
        ["deviceId"] = document.GetProperty("id").GetString()!.Replace(DeviceDocument.IdOf(""), "", StringComparison.Ordinal),
        ["name"] = Unreadable,
        ["model"] = Unreadable,
        ["platform"] = "ios",
        ["osVersion"] = Unreadable,
        ["appVersion"] = Unreadable,
        ["publicKey"] = "",
        ["lastActiveAt"] = WrittenAt(document),
        ["registeredAt"] = WrittenAt(document),
        ["epoch"] = NoEpoch,
    });

    /// <summary>
    /// A user, so that the devices can be revoked. It names the members on which decisions rest and that cannot be read, such as the DID;
    /// they are as those of a user who has none.
    /// </summary>
    public static UserDocument? User(JsonElement document)
    {
        var user = Read<UserDocument>(document, new JsonObject
        {
            ["givenName"] = Unreadable,
            ["familyName"] = Unreadable,
            ["email"] = Unreadable,
            ["searchText"] = "",
            ["sortName"] = "",
            ["createdAt"] = WrittenAt(document),
            ["epoch"] = NoEpoch,
        });
        return user is null ? null : user with { Lost = [.. Decisive.Where(IsLost).Select(member => member.Name)], RetiredDids = RetiredDids(document) };

        bool IsLost(JsonPropertyInfo member) => document.TryGetProperty(member.Name, out var value) && value.ValueKind != JsonValueKind.Null
            ? !IsReadable(value, member.PropertyType)
            : Needed.Contains(member.Name);
    }

    /// <summary>Those that are texts, whatever else is among them.</summary>
    private static string[] RetiredDids(JsonElement document) =>
        document.TryGetProperty("retiredDids", out var retired) && retired.ValueKind == JsonValueKind.Array
            ? [.. retired.EnumerateArray().Where(did => did.ValueKind == JsonValueKind.String).Select(did => did.GetString()!)]
            : [];

    private static T? Read<T>(JsonElement document, JsonObject placeholders)
        where T : IdentityDocument
    {
        var readable = new JsonObject();
        foreach (var member in Json.Documents.GetTypeInfo(typeof(T)).Properties)
        {
            if (document.TryGetProperty(member.Name, out var value) && IsReadable(value, member.PropertyType))
            {
                readable[member.Name] = JsonSerializer.SerializeToNode(value, Json.Documents);
            }
            else if (placeholders[member.Name] is { } placeholder)
            {
                readable[member.Name] = placeholder.DeepClone();
            }
        }

        try
        {
            var read = readable.Deserialize<T>(Json.Documents);
            read?.IsPartial = true;
            return read;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsReadable(JsonElement value, Type type)
    {
        try
        {
            return value.ValueKind != JsonValueKind.Null && value.Deserialize(type, Json.Documents) is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>When Cosmos DB stored the document: all that is known of its times.</summary>
    private static string WrittenAt(JsonElement document) => DateTimeOffset
        .FromUnixTimeSeconds(document.TryGetProperty("_ts", out var stored) && stored.TryGetInt64(out var seconds) ? seconds : 0)
        .ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
