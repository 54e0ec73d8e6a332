using BlokSec.Local.Cosmos.Batches;
using BlokSec.Local.Cosmos.Catalogs;
using BlokSec.Local.Cosmos.Keys;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Items;

/// <summary>Answers requests for single items and transactional batches; each writes in one transaction.</summary>
internal sealed class ItemRequests(Store store, TimeProvider time)
{
    private const long SecondsBetweenCleanUps = 60;
    private const int FillSize = 5_000;

    private long lastCleanUp;

    public CosmosAnswer Read(ContainerEntry container, CosmosRequest request)
    {
        var operation = Operation(CosmosOperation.Read, request);
        return Answer(store.Read(session => Operations(session, container).Run(operation)));
    }

    public CosmosAnswer Write(ContainerEntry container, string kind, CosmosRequest request)
    {
        var operation = Operation(kind, request);
        return Answer(store.Write(session =>
        {
            CleanUp(session, container);
            return Operations(session, container).Run(operation);
        }));
    }

    public async Task<CosmosAnswer> BatchAsync(ContainerEntry container, CosmosRequest request)
    {
        if (!request.Is(CosmosHeaders.IsBatchAtomic))
        {
            throw CosmosRefusal.Unsupported("batches that are not atomic (AllowBulkExecution)");
        }

        if (request.Body.Length > ItemDocument.LargestItem)
        {
            throw CosmosRefusal.TooLarge();
        }

        var isJson = BatchJson.Is(request.Body);
        var operations = isJson ? BatchJson.Read(request.Body, Key(request)) : await BatchWire.ReadAsync(request.Body, Key(request));
        var results = store.Write(session => Batch.Run(operations, Operations(session, container)), Batch.Succeeded);
        return new(Batch.Succeeded(results) ? 200 : 207)
        {
            Body = isJson ? BatchJson.Write(results) : await BatchWire.WriteAsync(results),
            Charge = results.Sum(result => result.Charge),
        };
    }

    /// <summary>Creates items, many in each transaction.</summary>
    public void Fill(ContainerEntry container, IEnumerable<byte[]> items)
    {
        foreach (var chunk in items.Chunk(FillSize))
        {
            store.Write(session =>
            {
                var operations = Operations(session, container);
                foreach (var body in chunk)
                {
                    using var item = ItemDocument.Parse(body);
                    operations.Run(new(CosmosOperation.Create, PartitionKeyValue.Of(item.RootElement, container.Paths), null, body, Minimal: true));
                }

                return chunk.Length;
            });
        }
    }

    private static ItemOperation Operation(string kind, CosmosRequest request) =>
        new(kind, Key(request), request.Path.Item, request.Body, request.IfMatch, request.IfNoneMatch, request.Minimal);

    private static PartitionKeyValue Key(CosmosRequest request) =>
        request.PartitionKey ?? throw CosmosRefusal.BadRequest("PartitionKey value must be supplied for this operation.");

    private static CosmosAnswer Answer(ItemResult result) =>
        new(result.Status) { ETag = result.ETag, Body = result.Body, Charge = result.Charge };

    private ItemOperations Operations(StoreSession session, ContainerEntry container) =>
        new(container, Items(session, container), store.NextNumber, Now());

    private StoredItems Items(StoreSession session, ContainerEntry container) =>
        new(session, container.Number, container.DefaultTimeToLive, Now());

    /// <summary>Outdated items are never seen; now and then a write takes some of them away.</summary>
    private void CleanUp(StoreSession session, ContainerEntry container)
    {
        if (Now() - lastCleanUp >= SecondsBetweenCleanUps)
        {
            lastCleanUp = Now();
            Items(session, container).CleanUp();
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
