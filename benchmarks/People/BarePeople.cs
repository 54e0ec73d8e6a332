using System.Diagnostics;
using System.Text.Json;
using BlokSec.Local;
using BlokSec.Local.Seed;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Benchmarks.People;

/// <summary>Writes what the import of a person writes, and reads what a page of the list reads, with the SDK alone.</summary>
internal sealed class BarePeople(LocalCloud cloud)
{
    /// <summary>As many at once as the import has.</summary>
    private const int AtOnce = 8;

    private readonly Container container = BareDatabase.Open(cloud.Cosmos.Address.AbsoluteUri);
    private IReadOnlyList<JsonElement>? person;
    private IReadOnlyList<JsonElement>? names;

    /// <summary>Makes people, and tells how long it took.</summary>
    public async Task<TimeSpan> CreateAsync(int count)
    {
        person ??= await FirstAsync();
        names ??= await BareDatabase.ReadAsync(container, DemoPeople.Contoso, "~names", $"c.ownerId = '{person[0].GetProperty("userId").GetString()}'");
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, stop) =>
        {
            var userId = $"{Guid.NewGuid():N}";
            await WriteAsync("~names", names, name => BareDatabase.Copy(name, "~names", $"{name.GetProperty("id").GetString()![..^32]}{userId}"), stop);
            await WriteAsync(userId, person, document => BareDatabase.Copy(document, userId), stop);
        });
        return Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Reads the first page of the users list.</summary>
    public async Task PageAsync(string tenantId, int pageSize)
    {
        using var pages = container.GetItemQueryIterator<JsonElement>(
            new QueryDefinition("SELECT * FROM c WHERE c.tenantId = @tenantId AND c.type = 'user' ORDER BY c.sortName").WithParameter("@tenantId", tenantId),
            requestOptions: new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add(tenantId).Build(), MaxItemCount = pageSize });
        await pages.ReadNextAsync();
    }

    private async Task WriteAsync(
        string userId, IReadOnlyList<JsonElement> documents, Func<JsonElement, MemoryStream> copy, CancellationToken cancellationToken)
    {
        var batch = container.CreateTransactionalBatch(BareDatabase.KeyOf(DemoPeople.Contoso, userId));
        foreach (var document in documents)
        {
            batch.CreateItemStream(copy(document), new TransactionalBatchItemRequestOptions { EnableContentResponseOnWrite = false });
        }

        using var response = await batch.ExecuteAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{response.StatusCode}: {response.ErrorMessage}");
        }
    }

    /// <summary>The documents of one person that the app imported.</summary>
    private async Task<IReadOnlyList<JsonElement>> FirstAsync()
    {
        using var users = container.GetItemQueryIterator<string>(new QueryDefinition("SELECT VALUE c.userId FROM c WHERE c.email = 'warm.1@example.com'"));
        var found = new List<string>();
        while (users.HasMoreResults)
        {
            found.AddRange(await users.ReadNextAsync());
        }

        return await BareDatabase.ReadAsync(container, DemoPeople.Contoso, found.Single(), "true");
    }
}
