using System.Text.Json;
using BlokSec.Local.Cosmos.Catalogs;
using BlokSec.Local.Cosmos.Keys;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos.Items;

/// <summary>Carries out operations on the items of a container inside the transaction of a session.</summary>
/// <param name="container">The container.</param>
/// <param name="items">Its items.</param>
/// <param name="nextNumber">Gives a new item its number.</param>
/// <param name="now">Unix seconds.</param>
internal sealed class ItemOperations(ContainerEntry container, StoredItems items, Func<long> nextNumber, long now)
{
    /// <summary>The sub status of a partition key that does not go with the container or the item.</summary>
    private const int PartitionKeyMismatch = 1001;

    public ItemResult Run(ItemOperation operation)
    {
        if (operation.Key.Count != container.Paths.Count)
        {
            throw CosmosRefusal.BadRequest(
                "Partition key provided either doesn't correspond to definition in the collection or doesn't match partition key field values specified in the document.",
                PartitionKeyMismatch);
        }

        return operation.Kind switch
        {
            CosmosOperation.Read => Read(operation),
            CosmosOperation.Create => Create(operation),
            CosmosOperation.Replace => Replace(operation),
            CosmosOperation.Upsert => Upsert(operation),
            CosmosOperation.Patch => Patch(operation),
            CosmosOperation.Delete => Delete(operation),
            _ => throw CosmosRefusal.Unsupported($"the operation {operation.Kind}"),
        };
    }

    private ItemResult Read(ItemOperation operation)
    {
        var item = Find(operation);
        return operation.IfNoneMatch is { } known && (known == item.ETag || known == "*")
            ? new(304, item.ETag)
            : new(200, item.ETag, item.Body);
    }

    private ItemResult Create(ItemOperation operation)
    {
        using var json = ItemDocument.Parse(operation.Body);
        var id = ItemDocument.Id(json.RootElement);
        return items.Find(operation.Key, id) is null ? Insert(operation, json.RootElement, id) : throw CosmosRefusal.Conflict();
    }

    private ItemResult Replace(ItemOperation operation)
    {
        using var json = ItemDocument.Parse(operation.Body);
        var item = Guarded(operation);
        return ItemDocument.Id(json.RootElement) == operation.Id
            ? Update(operation, item, json.RootElement)
            : throw CosmosRefusal.BadRequest("The id of an item cannot be changed.");
    }

    /// <summary>An If-Match is not looked at when there is no item yet (github.com/Azure/azure-cosmos-dotnet-v3/issues/1698).</summary>
    private ItemResult Upsert(ItemOperation operation)
    {
        using var json = ItemDocument.Parse(operation.Body);
        var id = ItemDocument.Id(json.RootElement);
        return items.Find(operation.Key, id) is { } item
            ? Update(operation, Guarded(operation, item), json.RootElement)
            : Insert(operation, json.RootElement, id);
    }

    private ItemResult Patch(ItemOperation operation)
    {
        var item = Guarded(operation);
        using var json = ItemDocument.Parse(ItemPatch.Apply(item.Body, operation.Body, container.Paths));
        return Update(operation, item, json.RootElement);
    }

    private ItemResult Delete(ItemOperation operation)
    {
        items.Delete(Guarded(operation).Number);
        return new(204);
    }

    private StoredItem Find(ItemOperation operation) => items.Find(operation.Key, operation.Id!)
        ?? throw (container.IsResourceId(operation.Id!) ? CosmosRefusal.Unsupported("items named by their resource id") : CosmosRefusal.NotFound());

    private StoredItem Guarded(ItemOperation operation) => Guarded(operation, Find(operation));

    private static StoredItem Guarded(ItemOperation operation, StoredItem item) =>
        operation.IfMatch is null or "*" || operation.IfMatch == item.ETag ? item : throw CosmosRefusal.PreconditionFailed();

    private ItemResult Insert(ItemOperation operation, JsonElement item, string id)
    {
        var number = nextNumber();
        var content = Content(operation, item, number);
        items.Insert(number, operation.Key, id, content);
        return Written(201, operation, content);
    }

    private ItemResult Update(ItemOperation operation, StoredItem old, JsonElement item)
    {
        var content = Content(operation, item, old.Number);
        items.Update(old.Number, content);
        return Written(200, operation, content);
    }

    private ItemContent Content(ItemOperation operation, JsonElement item, long number)
    {
        if (PartitionKeyValue.Of(item, container.Paths).Text != operation.Key.Text)
        {
            throw CosmosRefusal.BadRequest(
                "PartitionKey extracted from document doesn't match the one specified in the header.", PartitionKeyMismatch);
        }

        var etag = $"\"{Guid.NewGuid()}\"";
        return new(etag, now, ItemDocument.TimeToLive(item), ItemDocument.Complete(item, container, number, etag, now));
    }

    private static ItemResult Written(int status, ItemOperation operation, ItemContent content) =>
        new(status, content.ETag, operation.Minimal ? null : content.Body);
}
