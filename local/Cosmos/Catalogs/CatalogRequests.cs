using System.Text.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.Cosmos.Catalogs;

/// <summary>Answers requests for the account, databases, containers and partition key ranges.</summary>
internal sealed class CatalogRequests(Catalog catalog, TimeProvider time)
{
    /// <summary>The only version of the list of ranges: nothing ever splits.</summary>
    private const string RangesETag = "1";

    public static CosmosAnswer Account(HttpRequest request)
    {
        var location = new JsonObject { ["name"] = "Local", ["databaseAccountEndpoint"] = $"http://{request.Host}/" };
        return Ok(new JsonObject
        {
            ["_self"] = string.Empty,
            ["id"] = "local",
            ["_rid"] = "local",
            ["media"] = "//media/",
            ["addresses"] = "//addresses/",
            ["_dbs"] = "//dbs/",
            ["writableLocations"] = new JsonArray(location),
            ["readableLocations"] = new JsonArray(location.DeepClone()),
            ["enableMultipleWriteLocations"] = false,
            ["userReplicationPolicy"] = new JsonObject { ["asyncReplication"] = false, ["minReplicaSetSize"] = 1, ["maxReplicasetSize"] = 4 },
            ["userConsistencyPolicy"] = new JsonObject { ["defaultConsistencyLevel"] = "Session" },
            ["systemReplicationPolicy"] = new JsonObject { ["minReplicaSetSize"] = 1, ["maxReplicasetSize"] = 4 },
            ["readPolicy"] = new JsonObject { ["primaryReadCoefficient"] = 1, ["secondaryReadCoefficient"] = 1 },
            ["queryEngineConfiguration"] = "{\"maxSqlQueryInputLength\":262144,\"maxJoinsPerSqlQuery\":5,\"allowNewKeywords\":true}",
        }.ToJsonString());
    }

    public CosmosAnswer Databases(CosmosRequest request) => (request.Method, request.Path.Database) switch
    {
        ("POST", null) => Create(request.JsonBody()),
        ("GET", null) => List("Databases", string.Empty, catalog.Databases.Select(entry => entry.Body)),
        ("GET", { } name) => Ok(catalog.Database(name).Body),
        ("DELETE", { } name) => Removed(() => catalog.Remove(catalog.Database(name))),
        _ => throw CosmosRefusal.Unsupported($"{request.Method} of a database"),
    };

    public CosmosAnswer Containers(CosmosRequest request)
    {
        var database = catalog.Database(request.Path.Database!);
        return (request.Method, request.Path.Container) switch
        {
            ("POST", null) => Create(database, request.JsonBody()),
            ("GET", null) => List("DocumentCollections", database.ResourceId, catalog.Containers(database).Select(entry => entry.Body)),
            ("GET", { } name) => Ok(catalog.Container(database.Id, name).Body),
            ("PUT", { } name) => Replace(catalog.Container(database.Id, name), request.JsonBody()),
            ("DELETE", { } name) => Removed(() => catalog.Remove(catalog.Container(database.Id, name))),
            _ => throw CosmosRefusal.Unsupported($"{request.Method} of a container"),
        };
    }

    /// <summary>All items are in one physical partition.</summary>
    public CosmosAnswer Ranges(CosmosRequest request)
    {
        var container = catalog.Container(request.Path.Database!, request.Path.Container!);
        if (request.IfNoneMatch == RangesETag)
        {
            return new(304) { ETag = RangesETag };
        }

        var id = container.ResourceId;
        var range = new JsonObject
        {
            ["_rid"] = id,
            ["id"] = "0",
            ["_etag"] = RangesETag,
            ["minInclusive"] = string.Empty,
            ["maxExclusive"] = Keys.KeyRange.End,
            ["ridPrefix"] = 0,
            ["throughputFraction"] = 1,
            ["status"] = "online",
            ["parents"] = new JsonArray(),
            ["_ts"] = Now(),
        };
        return List("PartitionKeyRanges", id, [range.ToJsonString()]) with { ETag = RangesETag };
    }

    private CosmosAnswer Create(JsonObject definition)
    {
        var entry = catalog.AddDatabase(Definitions.Id(definition), number => Definitions.Database(definition, number, Now()));
        return Ok(entry.Body) with { Status = 201 };
    }

    private CosmosAnswer Create(DatabaseEntry database, JsonObject definition)
    {
        var entry = catalog.AddContainer(
            database, Definitions.Id(definition), number => Definitions.Container(definition, database.Number, number, Now()));
        return Ok(entry.Body) with { Status = 201 };
    }

    private CosmosAnswer Replace(ContainerEntry container, JsonObject definition)
    {
        using var before = JsonDocument.Parse(container.Body);
        using var after = JsonDocument.Parse(definition.ToJsonString());
        var key = after.RootElement.TryGetProperty("partitionKey", out var given) ? given : default;
        if (Definitions.Id(definition) != container.Id || key.ValueKind != JsonValueKind.Object
            || !JsonElement.DeepEquals(key.GetProperty("paths"), before.RootElement.GetProperty("partitionKey").GetProperty("paths")))
        {
            throw CosmosRefusal.BadRequest("The id and the partition key of a container cannot be changed.");
        }

        return Ok(catalog.ReplaceContainer(container, Definitions.Container(definition, container.Database, container.Number, Now())).Body);
    }

    private static CosmosAnswer Removed(Action remove)
    {
        remove();
        return new(204);
    }

    private static CosmosAnswer Ok(string body)
    {
        using var json = JsonDocument.Parse(body);
        return new(200)
        {
            Body = System.Text.Encoding.UTF8.GetBytes(body),
            ETag = json.RootElement.TryGetProperty("_etag", out var etag) ? etag.GetString() : null,
        };
    }

    private static CosmosAnswer List(string name, string resourceId, IEnumerable<string> bodies)
    {
        var entries = bodies.ToList();
        var body = $"{{\"_rid\":\"{resourceId}\",\"{name}\":[{string.Join(',', entries)}],\"_count\":{entries.Count}}}";
        return new(200) { Body = System.Text.Encoding.UTF8.GetBytes(body), ItemCount = entries.Count };
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
