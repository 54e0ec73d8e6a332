using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Identities;

/// <summary>The only code that reads and writes users' partitions. Every call names tenant and user.</summary>
internal sealed class IdentityStore(Container container, IOptions<AuditOptions> audit)
{
    /// <summary>How often a change is decided anew when somebody else was faster.</summary>
    public const int MaxConflicts = 8;

    public static PartitionKey PartitionKeyOf(UserKey key) =>
        new PartitionKeyBuilder().Add(key.TenantId).Add(key.UserId).Build();

    /// <summary>Reads one document; null when it is not there.</summary>
    public async Task<T?> ReadAsync<T>(UserKey key, string documentId, CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        using var response = await container.ReadItemStreamAsync(
            documentId, PartitionKeyOf(key), cancellationToken: cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await JsonSerializer.DeserializeAsync<T>(response.Content, Json.Documents, cancellationToken);
    }

    /// <summary>Reads what a decision needs in one request.</summary>
    /// <param name="key">Whose partition.</param>
    /// <param name="where">The condition over <c>c</c>.</param>
    /// <param name="parameters">Values of the condition's parameters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<PartitionSnapshot> QueryAsync(
        UserKey key, string where, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken)
    {
        var snapshot = new PartitionSnapshot();
        await foreach (var document in StreamAsync<JsonElement>(key, $"SELECT * FROM c WHERE {where}", parameters, cancellationToken))
        {
            snapshot.Add(document);
        }

        return snapshot;
    }

    /// <summary>All results of a query inside one partition, read page by page.</summary>
    public IAsyncEnumerable<T> StreamAsync<T>(
        UserKey key, string query, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken) =>
        ReadAllAsync<T>(query, parameters, QueryOptions(PartitionKeyOf(key), pageSize: 1000), cancellationToken);

    /// <summary>Reads documents by id, those that are there, in one request.</summary>
    public Task<PartitionSnapshot> QueryAsync(UserKey key, IReadOnlyList<string> documentIds, CancellationToken cancellationToken)
    {
        var names = documentIds.Select((_, index) => $"@id{index}").ToArray();
        return QueryAsync(
            key, $"c.id IN ({string.Join(", ", names)})", names.Zip(documentIds, (name, id) => (name, (object)id)), cancellationToken);
    }

    /// <summary>The first page of a query inside one partition that is not empty (Cosmos DB may give empty ones before), and whether there is more.</summary>
    public async Task<(IReadOnlyList<T> Items, bool More)> FirstPageAsync<T>(
        UserKey key,
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        int pageSize,
        CancellationToken cancellationToken)
    {
        using var pages = container.GetItemQueryIterator<T>(
            Definition(query, parameters), requestOptions: QueryOptions(PartitionKeyOf(key), pageSize));
        FeedResponse<T> page;
        do
        {
            page = await pages.ReadNextAsync(cancellationToken);
        }
        while (page.Count == 0 && pages.HasMoreResults);

        return ([.. page], pages.HasMoreResults);
    }

    /// <summary>One page of a query over the users of one tenant.</summary>
    /// <remarks>The key's first level is sent as a range of hashes, not as the value: so the query text names the tenant again.</remarks>
    public async Task<(IReadOnlyList<T> Items, string? Continuation)> TenantPageAsync<T>(
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
        var page = await pages.ReadNextAsync(cancellationToken);
        return ([.. page], page.ContinuationToken);
    }

    /// <summary>Results of a query over all partitions: only for the timer that finds work that stands still.</summary>
    /// <param name="query">The query.</param>
    /// <param name="parameters">Values of its parameters.</param>
    /// <param name="unreadable">Told of each document that this version of the app cannot read; it is passed over.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async IAsyncEnumerable<T> EverywhereAsync<T>(
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        Action<JsonElement, JsonException?> unreadable,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        await foreach (var found in ReadAllAsync<JsonElement>(query, parameters, new QueryRequestOptions { MaxItemCount = 500 }, cancellationToken))
        {
            if (Read<T>(found, unreadable) is { } document)
            {
                yield return document;
            }
        }
    }

    /// <summary>Changes parts of one document if the condition holds; false when it does not or the document is gone.</summary>
    public async Task<bool> TryPatchAsync(
        UserKey key, string documentId, string condition, IReadOnlyList<PatchOperation> changes, CancellationToken cancellationToken)
    {
        using var response = await container.PatchItemStreamAsync(
            documentId,
            PartitionKeyOf(key),
            changes,
            new PatchItemRequestOptions { FilterPredicate = condition, EnableContentResponseOnWrite = false },
            cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            return false;
        }

        response.EnsureSuccessStatusCode();
        return true;
    }

    /// <summary>Begins a transaction.</summary>
    public PartitionBatch Begin(UserKey key) => new(container, key, audit.Value.RetentionSeconds);

    private async IAsyncEnumerable<T> ReadAllAsync<T>(
        string query,
        IEnumerable<(string Name, object Value)> parameters,
        QueryRequestOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pages = container.GetItemQueryIterator<T>(Definition(query, parameters), requestOptions: options);
        while (pages.HasMoreResults)
        {
            foreach (var item in await pages.ReadNextAsync(cancellationToken))
            {
                yield return item;
            }
        }
    }

    private static T? Read<T>(JsonElement found, Action<JsonElement, JsonException?> unreadable)
        where T : IdentityDocument
    {
        try
        {
            if (found.Deserialize<T>(Json.Documents) is { SchemaVersion: <= IdentityDocument.CurrentSchemaVersion } document)
            {
                return document;
            }

            unreadable(found, null);
        }
        catch (JsonException exception)
        {
            unreadable(found, exception);
        }

        return null;
    }

    private static QueryRequestOptions QueryOptions(PartitionKey partitionKey, int pageSize) => new()
    {
        PartitionKey = partitionKey,
        MaxItemCount = pageSize,
        EnableOptimisticDirectExecution = true,
    };

    private static QueryDefinition Definition(string query, IEnumerable<(string Name, object Value)> parameters) =>
        parameters.Aggregate(new QueryDefinition(query), (definition, parameter) => definition.WithParameter(parameter.Name, parameter.Value));
}
