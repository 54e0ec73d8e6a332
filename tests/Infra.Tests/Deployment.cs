using System.Text.Json.Nodes;

namespace BlokSec.Infra.Tests;

/// <summary>
/// The resources that a deployment with given settings of azd would make, evaluated by the Bicep CLI without Azure. What only Azure
/// knows, such as the id of an identity, stays an expression in brackets.
/// </summary>
internal sealed class Deployment
{
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["AZURE_ENV_NAME"] = "test",
        ["AZURE_LOCATION"] = "westeurope",
        ["BLOKSEC_API_CLIENT_ID"] = "33333333-3333-3333-3333-333333333333",
    };

    private static readonly Lazy<Deployment> SmallOne = new(() => new Deployment([]));

    private static readonly Lazy<Deployment> LargeOne = new(() => new Deployment(new Dictionary<string, string>
    {
        ["BLOKSEC_SIZE"] = "large",
        ["BLOKSEC_PRIVATE_NETWORK"] = "true",
        ["BLOKSEC_SECONDARY_LOCATIONS"] = "northeurope,swedencentral",
        ["BLOKSEC_APNS_KEY_ID"] = "KEY1234567",
        ["BLOKSEC_APNS_TEAM_ID"] = "TEAM123456",
        ["BLOKSEC_APNS_TOPIC"] = "io.bloksec.app",
        ["BLOKSEC_FCM_ENABLED"] = "true",
        ["BLOKSEC_MAIL_HOST"] = "smtp.example.com",
        ["BLOKSEC_MAIL_USER"] = "bloksec",
        ["BLOKSEC_MAIL_FROM"] = "no-reply@example.com",
        ["BLOKSEC_AUDIT_TOPIC_ID"] = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/siem/providers/Microsoft.EventGrid/topics/audit",
        ["BLOKSEC_AUDIT_TOPIC_ENDPOINT"] = "https://audit.westeurope-1.eventgrid.azure.net/api/events",
        ["BLOKSEC_AUDIT_LOGS"] = "true",
        ["BLOKSEC_PREVIOUS_STATEMENT_KEYS"] = "statement-public-key-1",
        ["BLOKSEC_PREVIOUS_CLAIM_KEYS"] = "claim-key-1,claim-key-2",
        ["BLOKSEC_PREVIOUS_EVENT_KEYS"] = "event-public-key-1",
        ["BLOKSEC_KEY_OFFICER_ID"] = "44444444-4444-4444-4444-444444444444",
        ["BLOKSEC_ALERT_EMAILS"] = "operator@example.com",
        ["BLOKSEC_PORTAL_ORIGINS"] = "https://console.example.com",
    }));

    private Deployment(Dictionary<string, string> settings)
    {
        var environment = Needed.Concat(settings).ToDictionary();
        // The CLI writes its answer beside the parameters.
        using var copy = new InfraCopy();
        var parameters = Path.Combine(copy.Folder, "main.bicepparam");
        var (exitCode, output) = Bicep.Run(
            environment, "snapshot", parameters, "--mode", "overwrite", "--location", "westeurope",
            "--subscription-id", "11111111-1111-1111-1111-111111111111", "--tenant-id", "22222222-2222-2222-2222-222222222222");
        Assert.True(exitCode == 0, output);
        var snapshot = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(parameters, ".snapshot.json")))!;
        Assert.Empty(snapshot["diagnostics"]!.AsArray());
        Resources = [.. snapshot["predictedResources"]!.AsArray().Select(resource => new Resource(resource!.AsObject()))];
    }

    /// <summary>What <c>azd up</c> makes when nothing was chosen.</summary>
    public static Deployment Small => SmallOne.Value;

    /// <summary>Everything switched on: large, private, three regions, Apple and Google, mail, rotated keys.</summary>
    public static Deployment Large => LargeOne.Value;

    public IReadOnlyList<Resource> Resources { get; }

    /// <summary>The settings of the function app, by the names of its environment variables.</summary>
    public IReadOnlyDictionary<string, string> AppSettings => Single("Microsoft.Web/sites/config").Properties
        .ToDictionary(setting => setting.Key, setting => setting.Value!.GetValue<string>());

    public static Deployment Of(string size) => size == "large" ? Large : Small;

    public IEnumerable<Resource> OfType(string type) => Resources.Where(resource => resource.Type == type);

    public Resource Single(string type) => Assert.Single(OfType(type));
}

/// <summary>One predicted resource.</summary>
internal sealed record Resource(JsonObject Json)
{
    public string Id => Json["id"]!.GetValue<string>();

    public string Type => Json["type"]!.GetValue<string>();

    public string Name => Json["name"]!.GetValue<string>();

    /// <summary>The last part of the name.</summary>
    public string ShortName => Name.Split('/')[^1];

    public JsonObject Properties => Json["properties"]?.AsObject() ?? [];

    public T Get<T>(string path) => Json.At(path)!.GetValue<T>();
}

internal static class JsonPaths
{
    /// <summary>The value at a path such as <c>properties.locations.0.name</c>; null when there is none.</summary>
    public static JsonNode? At(this JsonNode node, string path) => path.Split('.').Aggregate(
        (JsonNode?)node,
        (current, part) => current switch
        {
            JsonArray array => array.ElementAtOrDefault(int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)),
            JsonObject item => item[part],
            _ => null,
        });

    public static IReadOnlyList<string> Strings(this JsonNode? node) => [.. node!.AsArray().Select(item => item!.GetValue<string>())];
}
