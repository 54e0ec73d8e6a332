using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Contracts;
using BlokSec.Local.Phones;

namespace BlokSec.Local.Seed;

/// <summary>The documents of a user, as the product would have stored them.</summary>
internal sealed class SeedDocuments(DemoPerson person, DateTimeOffset now)
{
    /// <summary>The part of a tenant that holds its applications, where users have their ids.</summary>
    public const string ApplicationsArea = "~applications";

    /// <summary>The part of a tenant that holds its policies.</summary>
    public const string PoliciesArea = "~policies";

    private static readonly string[] Applications =
    [
        "Payroll", "Sales Desk", "Travel", "Wiki", "Source Control", "Expenses", "Support", "Calendar", "Benefits", "Training",
        "Print Room", "Data Lake",
    ];

    private static readonly (string Country, string City, string Ip)[] Places =
    [
        ("Canada", "Toronto", "203.0.113.17"), ("Canada", "Ottawa", "203.0.113.64"), ("Germany", "Berlin", "198.51.100.9"),
    ];

    /// <summary>The id of an application: its appDID, which is also its OAuth client id.</summary>
    public static string ApplicationId(string tenantId, string name) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{tenantId}/{name}")))[..32];

    /// <summary>The applications of a tenant, each with its id as client id, and what they have in common.</summary>
    public static IEnumerable<JsonObject> ApplicationsOf(string tenantId, DateTimeOffset now)
    {
        foreach (var name in Applications)
        {
            var id = ApplicationId(tenantId, name);
            yield return OfTenant(tenantId, ApplicationsArea, $"application:{id}", "application", new JsonObject
            {
                ["applicationId"] = id,
                ["name"] = name,
                ["clientId"] = id,
                ["state"] = "enabled",
                ["createdAt"] = Text(now.AddDays(-420)),
            });
        }

        yield return OfTenant(tenantId, ApplicationsArea, "applications", "applicationRegister", new JsonObject
        {
            ["count"] = Applications.Length,
            ["changedAt"] = Text(now.AddDays(-420)),
        });
    }

    /// <summary>The policies of a tenant that limits one administrator to one department, and chose nothing else.</summary>
    public static JsonObject PoliciesOf(string tenantId, string subject, string department) => OfTenant(tenantId, PoliciesArea, "policies", "policies", new JsonObject
    {
        ["policies"] = new JsonObject
        {
            ["identityCheck"] = new JsonObject { ["required"] = false, ["ways"] = new JsonArray() },
            ["claims"] = new JsonObject { ["screenMinutes"] = 10, ["sentHours"] = 24 },
            ["holdMinutes"] = 0,
            ["secondPerson"] = new JsonObject { ["forMany"] = false, ["forAdministrators"] = false, ["withinMinutes"] = 60 },
            ["scopes"] = new JsonArray(new JsonObject { ["subject"] = subject, ["departments"] = new JsonArray(department) }),
        },
    });

    public JsonObject User(IReadOnlyList<SeededPhone> phones, string? did) => Document("user", "user", new JsonObject
    {
        ["givenName"] = person.GivenName,
        ["familyName"] = person.FamilyName,
        ["email"] = person.Email,
        ["mobile"] = Mobile(),
        ["department"] = person.Department,
        ["departmentKey"] = person.Department?.ToLowerInvariant(),
        ["searchText"] = SearchText.Of(person.GivenName, person.FamilyName, person.Email, Mobile()),
        ["sortName"] = $"{person.FamilyName} {person.GivenName} {person.UserId}".ToLowerInvariant(),
        ["createdAt"] = Text(now.AddDays(-400 + (Math.Abs(Stable(person.UserId)) % 300))),
        ["did"] = did,
        ["didState"] = did is null ? "unclaimed" : "active",
        ["epoch"] = 1,
        ["activeDeviceId"] = phones.FirstOrDefault(phone => phone.PushHandle is not null)?.DeviceId,
        ["retiredDids"] = new JsonArray(),
        ["keysEntered"] = true,
        ["accountCount"] = person.Accounts,
        ["deviceCount"] = phones.Count,
    });

    public JsonObject Device(SeededPhone phone, int index) => Document($"device:{phone.DeviceId}", "device", new JsonObject
    {
        ["deviceId"] = phone.DeviceId,
        ["name"] = phone.Phone.State.Facts.Name,
        ["model"] = phone.Phone.State.Facts.Model,
        ["platform"] = Word(phone.Phone.State.Facts.Platform),
        ["osVersion"] = phone.Phone.State.Facts.OsVersion,
        ["appVersion"] = phone.Phone.State.Facts.AppVersion,
        ["publicKey"] = phone.PublicKey.ToJson().ToJsonString(),
        ["pushHandle"] = phone.PushHandle is not { } handle ? null : new JsonObject
        {
            ["kind"] = Word(handle.Kind),
            ["value"] = handle.Value,
            ["environment"] = Word(handle.Environment),
            ["registeredAt"] = Text(now.AddDays(-30)),
        },
        ["pushStatus"] = phone.PushHandle is null ? "none" : "receiving",
        ["lastActiveAt"] = Text(now.AddMinutes(-7 - (index * 311))),
        ["registeredAt"] = Text(now.AddDays(-30)),
        ["epoch"] = 1,
        ["state"] = "active",
    });

    public JsonObject Account(int index, string? did)
    {
        var application = Applications[index % Applications.Length];
        var number = index / Applications.Length;
        var name = number == 0 ? application : $"{application} {number + 1}";
        return Document($"account:{person.UserId}-{index}", "account", new JsonObject
        {
            ["accountId"] = $"{person.UserId}-{index}",
            ["applicationId"] = ApplicationId(person.TenantId, name),
            ["applicationName"] = name,
            ["accountName"] = person.Email,
            ["did"] = did,
            ["epoch"] = 1,
        });
    }

    public JsonObject AuthenticationRequest(int index, string? deviceId)
    {
        var place = Places[index % Places.Length];
        var issued = now.AddHours(-3 - (index * 9));
        var denied = index % 5 == 4;
        var requestId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{person.TenantId}/{person.UserId}/{index}")))[..32];
        return Document($"auth:{requestId}", "authenticationRequest", new JsonObject
        {
            ["requestId"] = requestId,
            ["applicationId"] = ApplicationId(person.TenantId, Applications[index % Applications.Length]),
            ["applicationName"] = Applications[index % Applications.Length],
            ["accountName"] = person.Email,
            ["method"] = "Push",
            ["status"] = denied ? "denied" : "accepted",
            ["reason"] = denied ? "cancelled" : null,
            ["country"] = place.Country,
            ["city"] = place.City,
            ["ipAddress"] = place.Ip,
            ["issuedAt"] = Text(issued),
            ["expiresAt"] = Text(issued.AddMinutes(2)),
            ["pushAcceptedAt"] = deviceId is null ? null : Text(issued.AddSeconds(1)),
            ["retrievedAt"] = Text(issued.AddSeconds(2)),
            ["respondedAt"] = Text(issued.AddSeconds(9)),
            ["digits"] = 6,
            ["deviceId"] = deviceId,
            ["answeredBy"] = deviceId,
            ["ttl"] = 90 * 24 * 3600,
        });
    }

    /// <summary>Who owns a key, as the registry of keys has it.</summary>
    public JsonObject Key(string thumbprint, string use) => Document($"key:{thumbprint}", "key", new JsonObject
    {
        ["use"] = use,
        ["epoch"] = 1,
        ["enteredAt"] = Text(now.AddDays(-30)),
    });

    private static JsonObject OfTenant(string tenantId, string area, string id, string type, JsonObject members)
    {
        members["id"] = id;
        members["type"] = type;
        members["schemaVersion"] = 1;
        members["tenantId"] = tenantId;
        members["userId"] = area;
        return members;
    }

    private JsonObject Document(string id, string type, JsonObject members)
    {
        members["id"] = id;
        members["type"] = type;
        members["schemaVersion"] = 1;
        members["tenantId"] = person.TenantId;
        members["userId"] = person.UserId;
        return members;
    }

    private string Mobile() => string.Create(CultureInfo.InvariantCulture, $"+1416555{Math.Abs(Stable(person.UserId)) % 10000:D4}");

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Text(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);

    private static int Stable(string text) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text))) | 1;
}
