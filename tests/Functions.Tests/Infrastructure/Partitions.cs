using System.Text.Json;
using BlokSec.Functions.Identities;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Infrastructure;

/// <summary>Looks into the database past the app: what is really stored.</summary>
internal static class Partitions
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static PartitionKey Key(this TestUser user) => Key(user.TenantId, user.UserId);

    public static Task<IReadOnlyDictionary<string, JsonElement>> DocumentsAsync(this TestCloud test, TestUser user, string where = "true") =>
        test.DocumentsAsync(user.TenantId, user.UserId, where);

    /// <summary>The documents that meet the condition, by id; with their ETags, so that a rewrite shows too.</summary>
    public static async Task<IReadOnlyDictionary<string, JsonElement>> DocumentsAsync(
        this TestCloud test, string tenantId, string userId, string where = "true")
    {
        var found = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        using var pages = test.Cloud.Container.GetItemQueryStreamIterator(
            $"SELECT * FROM c WHERE {where}", requestOptions: new QueryRequestOptions { PartitionKey = Key(tenantId, userId), MaxItemCount = 1000 });
        while (pages.HasMoreResults)
        {
            using var page = await pages.ReadNextAsync(Stop);
            page.EnsureSuccessStatusCode();
            using var json = await JsonDocument.ParseAsync(page.Content, cancellationToken: Stop);
            foreach (var document in json.RootElement.GetProperty("Documents").EnumerateArray())
            {
                found.Add(document.GetProperty("id").GetString()!, document.Clone());
            }
        }

        return found;
    }

    public static IEnumerable<JsonElement> OfType(this IReadOnlyDictionary<string, JsonElement> documents, string type) =>
        documents.Values.Where(document => document.GetProperty("type").GetString() == type);

    /// <summary>The user's documents of a type.</summary>
    public static async Task<IReadOnlyList<T>> AllAsync<T>(this TestCloud test, TestUser user, string type)
        where T : IdentityDocument =>
        [.. (await test.DocumentsAsync(user, $"c.type = '{type}'")).Values.Select(document => document.Deserialize<T>(Json.Documents)!)];

    /// <summary>The user's audit entries, oldest first.</summary>
    public static async Task<IReadOnlyList<AuditDocument>> AuditAsync(this TestCloud test, TestUser user) =>
        [.. (await test.AllAsync<AuditDocument>(user, AuditDocument.DocumentType)).OrderBy(entry => entry.At)];

    public static async Task<UserDocument> UserDocumentAsync(this TestCloud test, TestUser user) =>
        (await test.AllAsync<UserDocument>(user, UserDocument.DocumentType)).Single();

    /// <summary>Changes a stored document, as no code of the product would.</summary>
    public static async Task PatchAsync(this TestCloud test, TestUser user, string id, params PatchOperation[] changes)
    {
        using var answer = await test.Cloud.Container.PatchItemStreamAsync(id, user.Key(), changes, cancellationToken: Stop);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Stores documents, as another service or an earlier time would have.</summary>
    public static async Task CreateAsync<T>(this TestCloud test, TestUser user, IEnumerable<T> documents)
    {
        foreach (var portion in documents.Chunk(100))
        {
            var batch = test.Cloud.Container.CreateTransactionalBatch(user.Key());
            foreach (var document in portion)
            {
                batch.CreateItemStream(new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(document, Json.Documents)));
            }

            using var answer = await batch.ExecuteAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}: {answer.ErrorMessage}");
        }
    }

    public static Task<string> TextAsync(this TestCloud test, TestUser user, string where = "true") =>
        test.TextAsync(user.TenantId, user.UserId, where);

    /// <summary>All of it as text: equal texts mean that nothing was written in between.</summary>
    public static async Task<string> TextAsync(this TestCloud test, string tenantId, string userId, string where = "true") =>
        string.Join('\n', (await test.DocumentsAsync(tenantId, userId, where)).Values.Select(document => document.GetRawText()));

    private static PartitionKey Key(string tenantId, string userId) => new PartitionKeyBuilder().Add(tenantId).Add(userId).Build();
}
