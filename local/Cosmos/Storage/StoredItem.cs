using BlokSec.Local.Cosmos.Keys;

namespace BlokSec.Local.Cosmos.Storage;

/// <summary>An item as it is kept.</summary>
/// <param name="Number">Its number, which its resource id carries.</param>
/// <param name="Effective">Its effective partition key.</param>
/// <param name="ETag">Its ETag, with quotes.</param>
/// <param name="Body">Its JSON with all system properties, as it is answered.</param>
internal sealed record StoredItem(long Number, string Effective, string ETag, byte[] Body);

/// <summary>What is written of an item besides its place.</summary>
/// <param name="Written">Unix seconds, as in <c>_ts</c>.</param>
/// <param name="TimeToLive">Its own time to live in seconds, -1 forever, null for the container's default.</param>
internal sealed record ItemContent(string ETag, long Written, int? TimeToLive, byte[] Body);

/// <summary>Where a walk over items goes on.</summary>
/// <param name="Effective">The effective partition key of the last item seen.</param>
/// <param name="Number">Its number.</param>
internal sealed record ItemPosition(string Effective, long Number);

/// <summary>The items of one container, without those whose time to live has passed.</summary>
/// <param name="session">The connection.</param>
/// <param name="container">The container's number.</param>
/// <param name="defaultTimeToLive">The container's setting: null for none, -1 for items that name their own, else seconds.</param>
/// <param name="now">Unix seconds.</param>
internal sealed class StoredItems(StoreSession session, long container, int? defaultTimeToLive, long now)
{
    /// <summary>How many outdated items one clean-up takes away at most.</summary>
    private const int CleanUpSize = 500;

    private const string Alive = " AND ($ttl IS NULL OR COALESCE(ttl, $ttl) < 0 OR written + COALESCE(ttl, $ttl) > $now)";
    private const string InOrder = "items_in_order";
    private const string One = "container = $container AND epk = $epk AND id = $id";

    public StoredItem? Find(PartitionKeyValue key, string id)
    {
        using var reader = session.Command(
            $"SELECT number, epk, body, etag FROM items WHERE {One}{Alive}",
            ("$container", container), ("$epk", key.Effective), ("$id", id), ("$ttl", defaultTimeToLive), ("$now", now)).ExecuteReader();
        return reader.Read() ? new(reader.GetInt64(0), key.Effective, reader.GetString(3), reader.GetFieldValue<byte[]>(2)) : null;
    }

    /// <summary>Adds an item, in place of an outdated one of the same id if there is one.</summary>
    public void Insert(long number, PartitionKeyValue key, string id, ItemContent content) => session.Execute(
        """
        INSERT OR REPLACE INTO items (number, container, epk, id, etag, written, ttl, body)
        VALUES ($number, $container, $epk, $id, $etag, $written, $itemttl, CAST($body AS TEXT))
        """,
        ("$number", number), ("$container", container), ("$epk", key.Effective), ("$id", id), ("$etag", content.ETag),
        ("$written", content.Written), ("$itemttl", content.TimeToLive), ("$body", content.Body));

    public void Update(long number, ItemContent content) => session.Execute(
        "UPDATE items SET etag = $etag, written = $written, ttl = $itemttl, body = CAST($body AS TEXT) WHERE number = $number",
        ("$number", number), ("$etag", content.ETag), ("$written", content.Written), ("$itemttl", content.TimeToLive), ("$body", content.Body));

    public void Delete(long number) => session.Execute("DELETE FROM items WHERE number = $number", ("$number", number));

    /// <summary>Takes outdated items away.</summary>
    public void CleanUp()
    {
        if (defaultTimeToLive is null)
        {
            return;
        }

        var candidates = defaultTimeToLive < 0 ? " AND ttl IS NOT NULL" : string.Empty;
        session.Execute(
            $"DELETE FROM items WHERE number IN (SELECT number FROM items WHERE container = $container{candidates} AND NOT (1 = 1{Alive}) LIMIT $size)",
            ("$container", container), ("$ttl", defaultTimeToLive), ("$now", now), ("$size", CleanUpSize));
    }

    /// <summary>Walks a range in a fixed order, by effective partition key, then by number, or in that of the filter.</summary>
    /// <param name="range">The range.</param>
    /// <param name="after">Where to go on; null for the start.</param>
    /// <param name="filter">Narrows the walk with the help of indexes; it may let more through than is wanted, never less.</param>
    public IEnumerable<StoredItem> Walk(KeyRange range, ItemPosition? after, SqlFilter? filter)
    {
        var place = (range.IsOnePartition, after) switch
        {
            (true, null) => "epk = $from",
            (true, _) => "epk = $from AND number > $number",
            (false, null) => "epk >= $from AND epk < $to",
            (false, _) => "epk >= $from AND epk < $to AND (epk, number) > ($epk, $number)",
        };
        var command = session.Command(
            $"SELECT number, epk, body FROM items INDEXED BY {filter?.Index ?? InOrder} "
                + $"WHERE container = $container AND {place}{filter?.Sql}{Alive} ORDER BY {filter?.Order ?? "epk, number"}",
            [
                ("$container", container), ("$from", range.From), ("$to", range.To), ("$epk", after?.Effective), ("$number", after?.Number),
                ("$ttl", defaultTimeToLive), ("$now", now), .. filter?.Values ?? [],
            ]);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new(reader.GetInt64(0), reader.GetString(1), string.Empty, reader.GetFieldValue<byte[]>(2));
        }
    }
}

/// <summary>Conditions that SQLite can answer.</summary>
/// <param name="Index">The index to walk along; null for that of the fixed order. SQLite has no statistics to choose well by itself.</param>
/// <param name="Sql">What is appended to a WHERE clause, starting with AND.</param>
/// <param name="Values">The parameters.</param>
internal sealed record SqlFilter(string? Index, string Sql, IReadOnlyList<(string Name, object? Value)> Values)
{
    /// <summary>The order in which the items come, as the index has it; null for the fixed order.</summary>
    public string? Order { get; init; }
}
