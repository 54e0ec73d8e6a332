using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Identities;

/// <summary>The only code that reads and writes users' partitions. Every call names tenant and user.</summary>
internal sealed partial class IdentityStore(Container container, UnreadableDocuments unreadable, IOptions<AuditOptions> audit)
{
    /// <summary>Results that one request asks for at most.</summary>
    private const int LargestPage = 1000;

    /// <summary>What is known of a partition before anything of it was read: for what is expected not to be there.</summary>
    public PartitionSnapshot NothingRead => new(unreadable);

    public static PartitionKey PartitionKeyOf(UserKey key) =>
        new PartitionKeyBuilder().Add(key.TenantId).Add(key.UserId).Build();

    /// <summary>Reads one document; null when it is not there, or is of another kind by now.</summary>
    /// <exception cref="NewerDocumentException">A later version of the service wrote it, in a form that this one cannot read.</exception>
    /// <exception cref="UnreadableDocumentException">Nobody can read it.</exception>
    public async Task<T?> ReadAsync<T>(UserKey key, string documentId, CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        var found = await ReadAnyAsync<T>(key, documentId, cancellationToken);
        if (found is UserDocument user && ScopeOver(key) is { } scope)
        {
            return scope.Settle(key, scope.Admits(user.DepartmentKey)) ? found : null;
        }

        return found is not null && await IsVisibleAsync(key, cancellationToken) ? found : null;
    }

    /// <summary>Reads one document as <see cref="ReadAsync"/> does, of users of all departments: for decisions of which the caller learns no more than the outcome.</summary>
    public Task<T?> ReadUnscopedAsync<T>(UserKey key, string documentId, CancellationToken cancellationToken)
        where T : IdentityDocument => ReadAnyAsync<T>(key, documentId, cancellationToken);

    private async Task<T?> ReadAnyAsync<T>(UserKey key, string documentId, CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        using var response = await container.ReadItemStreamAsync(
            documentId, PartitionKeyOf(key), cancellationToken: cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        var found = await JsonSerializer.DeserializeAsync<JsonElement>(response.Content, Json.Documents, cancellationToken);
        try
        {
            return found.Deserialize<T>(Json.Documents) is { } document && IsOf(document.Type, found) ? document : null;
        }
        catch (JsonException exception)
        {
            unreadable.Tell(found, exception);
            throw found.TryGetProperty("schemaVersion", out var version)
                && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number)
                && number > IdentityDocument.CurrentSchemaVersion
                ? new NewerDocumentException(documentId)
                : new UnreadableDocumentException(documentId, exception);
        }
    }

    /// <summary>Reads what a decision needs in one request.</summary>
    /// <param name="key">Whose partition.</param>
    /// <param name="where">The condition over <c>c</c>; what meets it has a bound, or <paramref name="makeRoom"/> keeps one.</param>
    /// <param name="parameters">Values of the condition's parameters.</param>
    /// <param name="makeRoom">Called after each document, to let those go that are one too many; null where the condition has a bound.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<PartitionSnapshot> QueryAsync(
        UserKey key,
        string where,
        IEnumerable<(string Name, object Value)> parameters,
        Action<PartitionSnapshot>? makeRoom,
        CancellationToken cancellationToken) => WithinScopeAsync(key, where, async condition =>
    {
        var snapshot = new PartitionSnapshot(unreadable);
        var query = $"SELECT * FROM c WHERE {condition}";
        await foreach (var document in ReadAllAsync<JsonElement>(query, parameters, QueryOptions(PartitionKeyOf(key), LargestPage), cancellationToken))
        {
            snapshot.Add(document);
            makeRoom?.Invoke(snapshot);
        }

        return snapshot;
    });

    /// <summary>
    /// Reads at most so many documents, in the order of ids from the last to the first: the user, revocations, operations, devices, the
    /// claim, sign-ins. What may be many is asked for last in this order.
    /// </summary>
    public Task<PartitionSnapshot> QueryFirstAsync(
        UserKey key,
        string where,
        IEnumerable<(string Name, object Value)> parameters,
        int most,
        CancellationToken cancellationToken) => WithinScopeAsync(key, where, async condition =>
    {
        using var pages = container.GetItemQueryIterator<JsonElement>(
            Definition($"SELECT * FROM c WHERE {condition} ORDER BY c.id DESC", parameters),
            requestOptions: QueryOptions(PartitionKeyOf(key), most));
        var snapshot = new PartitionSnapshot(unreadable);
        for (var count = 0; pages.HasMoreResults && count < most;)
        {
            foreach (var document in await pages.ReadNextAsync(cancellationToken))
            {
                snapshot.Add(document);
                count++;
            }
        }

        snapshot.More = pages.HasMoreResults;
        return snapshot;
    });

    /// <summary>Reads what a decision needs in one request, where that has a bound by itself.</summary>
    public Task<PartitionSnapshot> QueryAsync(
        UserKey key, string where, IEnumerable<(string Name, object Value)> parameters, CancellationToken cancellationToken) =>
        QueryAsync(key, where, parameters, makeRoom: null, cancellationToken);

    /// <summary>All results of a query inside one partition, read page by page.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        UserKey key, string query, IEnumerable<(string Name, object Value)> parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var found in ReadAllAsync<T>(query, parameters, QueryOptions(PartitionKeyOf(key), LargestPage), cancellationToken))
        {
            // After the answer, so that another read of the same call may bring the user's document meanwhile.
            if (!await IsVisibleAsync(key, cancellationToken))
            {
                yield break;
            }

            yield return found;
        }
    }

    /// <summary>Reads documents by id, those that are there, in one request.</summary>
    public Task<PartitionSnapshot> QueryAsync(UserKey key, IReadOnlyList<string> documentIds, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(documentIds.Count, PartitionBatch.MaxOperations, nameof(documentIds));
        var names = documentIds.Select((_, index) => $"@id{index}").ToArray();
        return QueryAsync(
            key, $"c.id IN ({string.Join(", ", names)})", names.Zip(documentIds, (name, id) => (name, (object)id)), cancellationToken);
    }

    /// <summary>Results of a query over all partitions, those that can be read: only for the timer that finds work without progress.</summary>
    /// <param name="query">The query.</param>
    /// <param name="parameters">Values of its parameters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async IAsyncEnumerable<T> EverywhereAsync<T>(
        string query, IEnumerable<(string Name, object Value)> parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IdentityDocument
    {
        await foreach (var found in ReadAllAsync<JsonElement>(query, parameters, new QueryRequestOptions { MaxItemCount = 500 }, cancellationToken))
        {
            if (Read<T>(found) is not { } document)
            {
                continue;
            }

            if (document.SchemaVersion > IdentityDocument.CurrentSchemaVersion)
            {
                unreadable.Tell(found, exception: null);
                continue;
            }

            yield return document;
        }
    }

    /// <summary>Changes parts of one document if the condition holds; false when it does not or the document is gone.</summary>
    public async Task<bool> TryPatchAsync(
        UserKey key, string documentId, string condition, IReadOnlyList<PatchOperation> changes, CancellationToken cancellationToken)
    {
        if (!await IsVisibleAsync(key, cancellationToken))
        {
            return false;
        }

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
    public PartitionBatch Begin(UserKey key) => new(container, key, audit.Value.RetentionSeconds, IsVisibleAsync);

    private static bool IsOf(string type, JsonElement document) =>
        !document.TryGetProperty("type", out var member) || (member.ValueKind == JsonValueKind.String && member.ValueEquals(type));

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

    private T? Read<T>(JsonElement found)
        where T : IdentityDocument
    {
        try
        {
            return found.Deserialize<T>(Json.Documents);
        }
        catch (JsonException exception)
        {
            unreadable.Tell(found, exception);
            return null;
        }
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
