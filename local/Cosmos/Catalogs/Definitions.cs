using System.Text.Json.Nodes;

namespace BlokSec.Local.Cosmos.Catalogs;

/// <summary>Checks definitions of databases and containers and adds what the service adds to them.</summary>
internal static class Definitions
{
    public static string Id(JsonObject definition)
    {
        var id = (string?)definition["id"];
        return string.IsNullOrEmpty(id) || id.Length > 255 || id.AsSpan().ContainsAny("/\\?#")
            ? throw CosmosRefusal.BadRequest($"The input name '{id}' is invalid.")
            : id;
    }

    public static string Database(JsonObject definition, long number, long now)
    {
        var link = ResourceIds.OfDatabase(number);
        var body = Complete(definition, link, $"dbs/{link}/", now);
        body["_colls"] = "colls/";
        body["_users"] = "users/";
        return body.ToJsonString();
    }

    public static string Container(JsonObject definition, long database, long number, long now)
    {
        if (definition["partitionKey"] is not JsonObject key || key["paths"] is not JsonArray { Count: > 0 } paths
            || paths.Any(path => path is null || !path.ToString().StartsWith('/')))
        {
            throw CosmosRefusal.BadRequest("The partition key definition of the container is missing or has invalid paths.");
        }

        var kind = (string?)key["kind"] ?? "Hash";
        if (kind != (paths.Count == 1 ? "Hash" : "MultiHash") && kind != "MultiHash")
        {
            throw CosmosRefusal.BadRequest($"{paths.Count} partition key paths do not go with the kind {kind}.");
        }

        if (definition["defaultTtl"] is JsonValue ttl && (!ttl.TryGetValue<int>(out var seconds) || seconds is 0 or < -1))
        {
            throw CosmosRefusal.BadRequest("The defaultTtl of a container must be a positive integer or -1.");
        }

        definition["indexingPolicy"] ??= JsonNode.Parse(
            """{"indexingMode":"consistent","automatic":true,"includedPaths":[{"path":"/*"}],"excludedPaths":[{"path":"/\"_etag\"/?"}]}""");
        var id = ResourceIds.OfContainer(database, number);
        var body = Complete(definition, id, $"dbs/{ResourceIds.OfDatabase(database)}/colls/{id}/", now);
        foreach (var child in (ReadOnlySpan<string>)["docs", "sprocs", "triggers", "udfs", "conflicts"])
        {
            body["_" + child] = child + "/";
        }

        return body.ToJsonString();
    }

    private static JsonObject Complete(JsonObject definition, string resourceId, string link, long now)
    {
        definition["_rid"] = resourceId;
        definition["_self"] = link;
        definition["_etag"] = $"\"{Guid.NewGuid()}\"";
        definition["_ts"] = now;
        return definition;
    }
}
