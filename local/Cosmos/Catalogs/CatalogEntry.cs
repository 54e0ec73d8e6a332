using System.Text.Json;

namespace BlokSec.Local.Cosmos.Catalogs;

/// <summary>A database.</summary>
internal sealed record DatabaseEntry(long Number, string Id, string Body)
{
    public string ResourceId => ResourceIds.OfDatabase(Number);
}

/// <summary>A container with what requests need to know of its definition.</summary>
internal sealed record ContainerEntry
{
    public ContainerEntry(long database, long number, string id, string body)
    {
        Database = database;
        Number = number;
        Id = id;
        Body = body;
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        Paths = [.. root.GetProperty("partitionKey").GetProperty("paths").EnumerateArray().Select(path => path.GetString()!)];
        DefaultTimeToLive = root.TryGetProperty("defaultTtl", out var ttl) && ttl.ValueKind == JsonValueKind.Number ? ttl.GetInt32() : null;
        CompositeIndexes = root.TryGetProperty("indexingPolicy", out var policy) && policy.TryGetProperty("compositeIndexes", out var indexes)
            ? [.. indexes.EnumerateArray().Select(index => (IReadOnlyList<(string, bool)>)[.. index.EnumerateArray().Select(Column)])]
            : [];
    }

    public long Database { get; }

    public long Number { get; }

    public string Id { get; }

    /// <summary>The definition as it is answered.</summary>
    public string Body { get; }

    public string ResourceId => ResourceIds.OfContainer(Database, Number);

    /// <summary>The paths of the partition key.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Seconds that items live; -1 when only items that say so expire, null when none does.</summary>
    public int? DefaultTimeToLive { get; }

    /// <summary>Path and whether it descends, for each index over several paths.</summary>
    public IReadOnlyList<IReadOnlyList<(string Path, bool Descending)>> CompositeIndexes { get; }

    public string ResourceIdOf(long item) => ResourceIds.OfItem(Database, Number, item);

    /// <summary>Whether an id is the resource id of an item of this container.</summary>
    public bool IsResourceId(string id) => ResourceIds.IsItem(id, ResourceId);

    private static (string Path, bool Descending) Column(JsonElement column) => (
        column.GetProperty("path").GetString()!,
        column.TryGetProperty("order", out var order) && "descending".Equals(order.GetString(), StringComparison.OrdinalIgnoreCase));
}
