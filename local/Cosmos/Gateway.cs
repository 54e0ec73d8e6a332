using BlokSec.Local.Cosmos.Catalogs;
using BlokSec.Local.Cosmos.Items;
using BlokSec.Local.Cosmos.Queries;
using BlokSec.Local.Cosmos.Storage;

namespace BlokSec.Local.Cosmos;

/// <summary>Checks who asks, hands each request to what answers it, and words refusals.</summary>
internal sealed class Gateway
{
    private readonly Store store;
    private readonly Authorization authorization;
    private readonly Catalog catalog;
    private readonly CatalogRequests catalogRequests;
    private readonly ItemRequests itemRequests;
    private readonly QueryRequests queryRequests;

    public Gateway(Store store, Authorization authorization, TimeProvider time)
    {
        this.store = store;
        this.authorization = authorization;
        catalog = new Catalog(store);
        catalogRequests = new CatalogRequests(catalog, time);
        itemRequests = new ItemRequests(store, time);
        queryRequests = new QueryRequests(store, time);
    }

    /// <summary>Creates items without a request for each.</summary>
    public void Fill(string database, string container, IEnumerable<byte[]> items) => itemRequests.Fill(catalog.Container(database, container), items);

    public async Task HandleAsync(HttpContext context)
    {
        CosmosAnswer answer;
        try
        {
            var path = ResourcePath.Parse(context.Request.Path);
            var operation = CosmosOperation.Of(context);
            if (operation == CosmosOperation.Unsupported)
            {
                // Said before the signature is checked: what such a request signs is not known here either.
                throw CosmosRefusal.Unsupported($"{context.Request.Method} {context.Request.Path}");
            }

            await authorization.EnsureAsync(context.Request, path);
            var request = new CosmosRequest(context.Request, path, await ReadAsync(context));
            answer = await AnswerAsync(operation, context.Request, request);
        }
        catch (CosmosRefusal refusal)
        {
            answer = CosmosErrors.ToAnswer(refusal);
        }
        catch (Exception problem) when (!context.RequestAborted.IsCancellationRequested)
        {
            // A mistake of the stand-in: told to whoever debugs against it.
            answer = CosmosErrors.ToAnswer(new CosmosRefusal(500, problem.ToString()));
        }

        await (answer with { Sequence = store.Sequence }).WriteAsync(context);
    }

    private async Task<CosmosAnswer> AnswerAsync(string operation, HttpRequest http, CosmosRequest request) => operation switch
    {
        CosmosOperation.Account when http.Method == "GET" => CatalogRequests.Account(http),
        CosmosOperation.Database => catalogRequests.Databases(request),
        CosmosOperation.Container => catalogRequests.Containers(request),
        CosmosOperation.PartitionKeyRanges => catalogRequests.Ranges(request),
        CosmosOperation.Query => queryRequests.Query(Container(request), request),
        CosmosOperation.ReadFeed => queryRequests.ReadFeed(Container(request), request),
        CosmosOperation.QueryPlan => QueryRequests.Plan(request),
        CosmosOperation.Batch => await itemRequests.BatchAsync(Container(request), request),
        CosmosOperation.Read => itemRequests.Read(Container(request), request),
        CosmosOperation.Create or CosmosOperation.Upsert or CosmosOperation.Replace or CosmosOperation.Patch or CosmosOperation.Delete =>
            itemRequests.Write(Container(request), operation, request),
        CosmosOperation.ChangeFeed => throw CosmosRefusal.Unsupported("the change feed"),
        _ => throw CosmosRefusal.Unsupported($"{http.Method} {http.Path}"),
    };

    private ContainerEntry Container(CosmosRequest request) => catalog.Container(request.Path.Database!, request.Path.Container!);

    private static async Task<byte[]> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null or 0 && !context.Request.Headers.ContainsKey("transfer-encoding"))
        {
            return [];
        }

        try
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return body.ToArray();
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == 413)
        {
            throw CosmosRefusal.TooLarge();
        }
    }
}
