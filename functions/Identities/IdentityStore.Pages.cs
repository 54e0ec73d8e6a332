using System.Diagnostics;
using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Identities;

/// <summary>A page of documents.</summary>
/// <param name="Documents">Those that can be read.</param>
/// <param name="Unreadable">How many cannot.</param>
/// <param name="Next">Where the next page begins; null when this is the last.</param>
internal sealed record DocumentPage<T>(IReadOnlyList<T> Documents, int Unreadable, string? Next)
    where T : IdentityDocument;

/// <summary>Lists, page by page.</summary>
internal sealed partial class IdentityStore
{
    /// <summary>Pages without a result that one call reads past, and for how long: Cosmos DB gives such pages when its own time is over.</summary>
    private const int MaxEmptyPages = 10;

    private static readonly TimeSpan MaxEmptyTime = TimeSpan.FromSeconds(3);

    /// <summary>The first page of a query inside one partition, and whether there is more. It is empty only when too many pages before were.</summary>
    public async Task<(IReadOnlyList<T> Items, bool More)> FirstPageAsync<T>(
        UserKey key,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        CancellationToken cancellationToken)
    {
        using var pages = container.GetItemQueryIterator<T>(
            Definition(query, parameters), requestOptions: QueryOptions(PartitionKeyOf(key), pageSize));
        var page = await NextPageAsync(pages, cancellationToken);
        return await IsVisibleAsync(key, cancellationToken) ? ([.. page], pages.HasMoreResults) : ([], false);
    }

    /// <summary>A page of documents in the order of the query, which is that of ids.</summary>
    /// <param name="key">Whose partition.</param>
    /// <param name="query">The query.</param>
    /// <param name="parameters">Values of its parameters.</param>
    /// <param name="pageSize">How many documents at most.</param>
    /// <param name="begin">From where the page begins, for the continuation of one that is empty although there is more.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<DocumentPage<T>> PageAsync<T>(
        UserKey key,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        string begin,
        CancellationToken cancellationToken)
        where T : IdentityDocument =>
        PageAsync<T>(key, query, parameters, pageSize, begin, IdOf, cancellationToken);

    /// <summary>The id of a document, whatever else it is.</summary>
    public static string IdOf(JsonElement document) => document.GetProperty("id").GetString()!;

    /// <summary>A page of documents in the order of the query.</summary>
    /// <param name="key">Whose partition.</param>
    /// <param name="query">The query.</param>
    /// <param name="parameters">Values of its parameters.</param>
    /// <param name="pageSize">How many documents at most.</param>
    /// <param name="begin">From where the page begins, for the continuation of one that is empty although there is more.</param>
    /// <param name="positionOf">Where a document stands in that order.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<DocumentPage<T>> PageAsync<T>(
        UserKey key,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        string begin,
        Func<JsonElement, string> positionOf,
        CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        var (found, more) = await FirstPageAsync<JsonElement>(key, query, parameters, pageSize, cancellationToken);
        var last = found is [.., var document] ? positionOf(document) : begin;
        return Readable<T>(found, more ? last : null);
    }

    /// <summary>One page of a query inside one partition, in whatever order. It may be empty and still have a continuation.</summary>
    public async Task<DocumentPage<T>> ContinuedPageAsync<T>(
        UserKey key,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        string? continuation,
        CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        using var pages = container.GetItemQueryIterator<JsonElement>(
            Definition(query, parameters), continuation, QueryOptions(PartitionKeyOf(key), pageSize));
        var page = await NextPageAsync(pages, cancellationToken);
        return await IsVisibleAsync(key, cancellationToken) ? Readable<T>([.. page], page.ContinuationToken) : new DocumentPage<T>([], Unreadable: 0, Next: null);
    }

    /// <summary>One page of a query over the users of one tenant. It may be empty and still have a continuation.</summary>
    /// <remarks>The key's first level is sent as a range of hashes, not as the value: so the query text names the tenant again.</remarks>
    public async Task<DocumentPage<T>> TenantPageAsync<T>(
        string tenantId,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        string? continuation,
        CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        var (found, next) = await TenantItemsAsync<JsonElement>(tenantId, query, parameters, pageSize, continuation, cancellationToken);
        return Readable<T>(found, next);
    }

    /// <summary>One page of what a query over the users of one tenant selects, whatever its form; and where the next one begins.</summary>
    /// <remarks>As for the one of documents, the query text names the tenant again.</remarks>
    public async Task<(IReadOnlyList<T> Items, string? Next)> TenantItemsAsync<T>(
        string tenantId,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        string? continuation,
        CancellationToken cancellationToken)
    {
        var options = QueryOptions(new PartitionKeyBuilder().Add(tenantId).Build(), pageSize);
        using var pages = container.GetItemQueryIterator<T>(
            Definition(query, [.. parameters, ("@tenantId", tenantId)]), continuation, options);
        var page = await NextPageAsync(pages, cancellationToken);
        return ([.. page], page.ContinuationToken);
    }

    /// <summary>What a query over the users of one tenant finds, by user; of a partition's documents those that the query selects.</summary>
    /// <remarks>As for the one of documents, the query text names the tenant again.</remarks>
    public async Task<IReadOnlyDictionary<string, PartitionSnapshot>> TenantSnapshotsAsync(
        string tenantId, string query, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken)
    {
        var snapshots = new Dictionary<string, PartitionSnapshot>(StringComparer.Ordinal);
        await foreach (var document in TenantStreamAsync<JsonElement>(tenantId, query, parameters, cancellationToken))
        {
            var userId = document.GetProperty("userId").GetString()!;
            if (!snapshots.TryGetValue(userId, out var snapshot))
            {
                snapshots.Add(userId, snapshot = new PartitionSnapshot(unreadable));
            }

            snapshot.Add(document);
        }

        return snapshots;
    }

    /// <summary>One page of a query over the users of one tenant, in the order of the query; the next one begins after a document's position.</summary>
    /// <remarks>As for the other, the query text names the tenant again.</remarks>
    public async Task<DocumentPage<T>> TenantPageAsync<T>(
        string tenantId,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        string begin,
        Func<JsonElement, string> positionOf,
        CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        using var pages = container.GetItemQueryIterator<JsonElement>(
            Definition(query, [.. parameters, ("@tenantId", tenantId)]),
            requestOptions: QueryOptions(new PartitionKeyBuilder().Add(tenantId).Build(), pageSize));
        JsonElement[] found = [.. await NextPageAsync(pages, cancellationToken)];
        var last = found is [.., var document] ? positionOf(document) : begin;
        return Readable<T>(found, pages.HasMoreResults ? last : null);
    }

    /// <summary>The first results of a query over the users of one tenant, whatever their form.</summary>
    /// <remarks>As for <see cref="TenantPageAsync{T}(string,string,IEnumerable{ValueTuple{string,object}},int,string?,CancellationToken)"/>, the query text names the tenant again.</remarks>
    public async Task<IReadOnlyList<T>> TenantFirstAsync<T>(
        string tenantId, string query, IEnumerable<(string Name, object Value)> parameters, int most, CancellationToken cancellationToken)
    {
        using var pages = container.GetItemQueryIterator<T>(
            Definition(query, [.. parameters, ("@tenantId", tenantId)]),
            requestOptions: QueryOptions(new PartitionKeyBuilder().Add(tenantId).Build(), most));
        var found = new List<T>();
        while (pages.HasMoreResults && found.Count < most)
        {
            found.AddRange(await NextPageAsync(pages, cancellationToken));
        }

        return found;
    }

    /// <summary>All results of a query over the users of one tenant, read page by page, whatever their form.</summary>
    /// <remarks>As for <see cref="TenantPageAsync{T}(string,string,IEnumerable{ValueTuple{string,object}},int,string?,CancellationToken)"/>, the query text names the tenant again.</remarks>
    public IAsyncEnumerable<T> TenantStreamAsync<T>(
        string tenantId, string query, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken) =>
        ReadAllAsync<T>(
            query, [.. parameters, ("@tenantId", tenantId)], QueryOptions(new PartitionKeyBuilder().Add(tenantId).Build(), LargestPage), cancellationToken);

    /// <summary>The first documents of a query over the users of one tenant, those that can be read.</summary>
    /// <remarks>As for <see cref="TenantPageAsync{T}(string,string,IEnumerable{ValueTuple{string,object}},int,string?,CancellationToken)"/>, the query text names the tenant again.</remarks>
    public async Task<DocumentPage<T>> TenantFirstDocumentsAsync<T>(
        string tenantId, string query, IEnumerable<(string Name, object Value)> parameters, int most, CancellationToken cancellationToken)
        where T : IdentityDocument =>
        Readable<T>(await TenantFirstAsync<JsonElement>(tenantId, query, parameters, most, cancellationToken), next: null);

    private static async Task<FeedResponse<T>> NextPageAsync<T>(FeedIterator<T> pages, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        for (var empty = 0; ; empty++)
        {
            var page = await pages.ReadNextAsync(cancellationToken);
            if (page.Count > 0 || !pages.HasMoreResults || empty == MaxEmptyPages || Stopwatch.GetElapsedTime(since) > MaxEmptyTime)
            {
                return page;
            }
        }
    }

    private DocumentPage<T> Readable<T>(IReadOnlyList<JsonElement> found, string? next)
        where T : IdentityDocument
    {
        var documents = found.Select(Read<T>).OfType<T>().ToArray();
        return new DocumentPage<T>(documents, found.Count - documents.Length, next);
    }
}
