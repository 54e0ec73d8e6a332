using System.Text.Json;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>All documents of a user as the database holds them, versions included: two equal texts mean that nothing was written.</summary>
internal static class PartitionDocuments
{
    public static async Task<string> DocumentsAsync(this TestCloud test, string tenantId, string userId)
    {
        var documents = await test.ReadDocumentsAsync(tenantId, userId);
        return string.Join('\n', documents.Select(document => document.GetRawText()).Order(StringComparer.Ordinal));
    }

    public static async Task<IReadOnlyList<JsonElement>> ReadDocumentsAsync(this TestCloud test, string tenantId, string userId)
    {
        var options = new QueryRequestOptions { PartitionKey = new PartitionKeyBuilder().Add(tenantId).Add(userId).Build() };
        using var pages = test.Cloud.Container.GetItemQueryStreamIterator("SELECT * FROM c", requestOptions: options);
        var documents = new List<JsonElement>();
        while (pages.HasMoreResults)
        {
            using var page = await pages.ReadNextAsync(TestContext.Current.CancellationToken);
            page.EnsureSuccessStatusCode();
            var json = await JsonDocument.ParseAsync(page.Content, cancellationToken: TestContext.Current.CancellationToken);
            documents.AddRange(json.RootElement.GetProperty("Documents").EnumerateArray());
        }

        return documents;
    }

    public static IEnumerable<JsonElement> OfType(this IEnumerable<JsonElement> documents, string type) =>
        documents.Where(document => document.GetProperty("type").GetString() == type);
}
