using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlokSec.Local.Cosmos.Keys;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Cosmos;

/// <summary>A request with its body read.</summary>
internal sealed class CosmosRequest(HttpRequest request, ResourcePath path, byte[] body)
{
    public string Method => request.Method;

    public ResourcePath Path => path;

    public byte[] Body => body;

    public string? IfMatch => Header("if-match");

    public string? IfNoneMatch => Header("if-none-match");

    /// <summary>Whether a write shall not answer the item.</summary>
    public bool Minimal => string.Equals(Header(CosmosHeaders.Prefer), "return=minimal", StringComparison.OrdinalIgnoreCase);

    public PartitionKeyValue? PartitionKey => Header(CosmosHeaders.PartitionKey) is { } key ? PartitionKeyValue.Parse(key) : null;

    /// <summary>The size of a page; the service takes 100 when the request leaves it open.</summary>
    public int PageSize => Header(CosmosHeaders.MaxItemCount) is { } size
        && int.TryParse(size, CultureInfo.InvariantCulture, out var count) && count > 0 ? count : 100;

    /// <summary>Whether a fault has the page come back empty.</summary>
    public bool HasEmptyPage => request.HttpContext.Features.Get<FaultRule>()?.EmptyPage == true;

    public string? Continuation => Header(CosmosHeaders.Continuation);

    /// <summary>Whether a flag is set.</summary>
    public bool Is(string header) => string.Equals(Header(header), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>The items that a feed or query looks at: one logical partition, those under a key prefix, or all.</summary>
    public KeyRange Range(int paths)
    {
        if (Header(CosmosHeaders.StartEpk) is { } start && Header(CosmosHeaders.EndEpk) is { } end)
        {
            return new(start, end);
        }

        return PartitionKey is not { } key ? KeyRange.All
            : key.Count == paths ? new(key.Effective, null)
            : throw CosmosRefusal.BadRequest("The partition key of the request has another number of components than the container.", 1001);
    }

    public JsonObject JsonBody()
    {
        try
        {
            return JsonNode.Parse(body) as JsonObject ?? throw CosmosRefusal.BadRequest("The request body must be a JSON object.");
        }
        catch (JsonException problem)
        {
            throw CosmosRefusal.BadRequest("The request body is not valid JSON: " + problem.Message);
        }
    }

    private string? Header(string name) => request.Headers.TryGetValue(name, out var value) && value.Count > 0 ? value[0] : null;
}
