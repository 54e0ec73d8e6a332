using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Functions;
using BlokSec.Local.Cosmos;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Benchmarks;

/// <summary>What the app asks of the database, asked with the SDK alone: documents like those that the app wrote, under other ids.</summary>
internal static class BareDatabase
{
    /// <summary>The users' partitions, as the app connects to them.</summary>
    /// <param name="endpoint">Where the local database is.</param>
    public static Container Open(string endpoint) => new CosmosClient(endpoint, CosmosStandInOptions.EmulatorKey, new CosmosClientOptions
    {
        ConnectionMode = ConnectionMode.Gateway,
        LimitToEndpoint = true,
        UseSystemTextJsonSerializerWithOptions = Json.Documents,
    }).GetContainer("bloksec", "identities");

    public static PartitionKey KeyOf(string tenantId, string userId) => new PartitionKeyBuilder().Add(tenantId).Add(userId).Build();

    /// <summary>The documents of a partition that meet a condition, in the order of ids.</summary>
    public static Task<IReadOnlyList<JsonElement>> ReadAsync(Container container, string tenantId, string userId, string where) =>
        QueryAsync(container, tenantId, userId, $"{where} ORDER BY c.id DESC");

    /// <summary>The documents of a partition that meet a condition.</summary>
    public static async Task<IReadOnlyList<JsonElement>> QueryAsync(Container container, string tenantId, string userId, string where)
    {
        var found = new List<JsonElement>();
        using var pages = container.GetItemQueryIterator<JsonElement>(
            new QueryDefinition($"SELECT * FROM c WHERE {where}"),
            requestOptions: new QueryRequestOptions { PartitionKey = KeyOf(tenantId, userId), MaxItemCount = 100 });
        while (pages.HasMoreResults)
        {
            found.AddRange(await pages.ReadNextAsync());
        }

        return found;
    }

    /// <summary>The same document for another user.</summary>
    /// <param name="document">A document of the app's.</param>
    /// <param name="userId">The other user.</param>
    /// <param name="id">Its id there; null for the same.</param>
    public static MemoryStream Copy(JsonElement document, string userId, string? id = null)
    {
        var copy = JsonNode.Parse(document.GetRawText())!.AsObject();
        foreach (var system in (string[])["_rid", "_self", "_etag", "_ts", "_attachments"])
        {
            copy.Remove(system);
        }

        (copy["userId"], copy["id"]) = (userId, id ?? copy["id"]!.GetValue<string>());
        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(copy));
    }
}
