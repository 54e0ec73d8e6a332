using System.Text.Json;
using BlokSec.Functions.Bulk;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Bulk;

/// <summary>What tests of bulk operations share.</summary>
internal static class BulkTest
{
    private static readonly string Partition = BulkDocument.KeyOf(TestCloud.Tenant).UserId;

    /// <summary>Plans it and waits for the plan.</summary>
    public static async Task<JsonElement> PlannedAsync(this OpenCloud cloud, string kind, IEnumerable<string> userIds, string further = "")
    {
        var answer = await cloud.PlanAsync(kind, $$"""{"userIds":[{{string.Join(',', userIds.Select(id => $"\"{id}\""))}}]}""", further);
        Assert.True(answer.Status == 201, answer.Text);
        return await cloud.InStateAsync(answer.Json.GetProperty("bulkOperationId").GetString()!, "planned");
    }

    public static Task<RawAnswer> PlanAsync(this OpenCloud cloud, string kind, string selection, string further = "", string? token = null, string? key = null) =>
        cloud.Api.SendAsync(
            token ?? cloud.Admin,
            HttpMethod.Post,
            "bulk-operations",
            $$"""{"kind":"{{kind}}","selection":{{selection}}{{further}}}""",
            key is null ? [] : [("Idempotency-Key", key)]);

    public static Task<RawAnswer> StartAsync(this OpenCloud cloud, JsonElement planned, RawApi? api = null, string? confirmation = null, string? hash = null, string? token = null)
    {
        var plan = planned.GetProperty("plan");
        return (api ?? cloud.Api).SendAsync(
            token ?? cloud.Admin,
            HttpMethod.Post,
            $"bulk-operations/{IdOf(planned)}/start",
            $$"""{"confirmation":"{{confirmation ?? plan.GetProperty("confirmation").GetString()}}","planHash":"{{hash ?? plan.GetProperty("planHash").GetString()}}","reason":"Stolen from the depot"}""");
    }

    public static Task<RawAnswer> MoveAsync(this OpenCloud cloud, JsonElement planned, string how, string? token = null) =>
        cloud.Api.SendAsync(token ?? cloud.Admin, HttpMethod.Post, $"bulk-operations/{IdOf(planned)}/{how}");

    /// <summary>Waits until it is in a state, while what waits to be tried again is tried now.</summary>
    public static async Task<JsonElement> InStateAsync(this OpenCloud cloud, string id, string state)
    {
        await cloud.Test.UntilAsync(
            async () =>
            {
                cloud.Test.Cloud.ServiceBus.ReleaseScheduled();
                return (await cloud.Test.DocumentsAsync(TestCloud.Tenant, Partition, $"c.id = '{BulkDocument.IdOf(id)}' AND c.status = '{state}'")).Count == 1 ? id : null;
            },
            $"bulk operation {id} is {state}");
        return await cloud.GetAsync(id);
    }

    public static async Task<JsonElement> GetAsync(this OpenCloud cloud, string id)
    {
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"bulk-operations/{id}");
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Json;
    }

    public static async Task<IReadOnlyList<JsonElement>> UsersAsync(this OpenCloud cloud, string id, string? result = null)
    {
        var (users, continuation) = (new List<JsonElement>(), "");
        do
        {
            var query = string.Join('&', new[] { result is null ? "" : $"result={result}", continuation.Length > 0 ? $"continuation={continuation}" : "" }.Where(part => part.Length > 0));
            var page = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"bulk-operations/{id}/users?{query}");
            Assert.True(page.Status == 200, page.Text);
            users.AddRange(page.Json.GetProperty("users").EnumerateArray());
            continuation = page.Json.TryGetProperty("continuation", out var next) ? next.GetString() ?? "" : "";
        }
        while (continuation.Length > 0);
        return users;
    }

    public static string IdOf(JsonElement operation) => operation.GetProperty("bulkOperationId").GetString()!;

    public static (int Done, int Skipped, int Failed) Numbers(JsonElement operation)
    {
        var progress = operation.GetProperty("progress");
        return (progress.GetProperty("done").GetInt32(), progress.GetProperty("skipped").GetInt32(), progress.GetProperty("failed").GetInt32());
    }

    public static async Task<IReadOnlyList<TestUser>> UsersAsync(this TestCloud test, int count, int phones = 1)
    {
        var users = new List<TestUser>();
        for (var number = 0; number < count; number++)
        {
            users.Add(await test.NewUserAsync(phones, accounts: 1));
        }

        return users;
    }

    /// <summary>What the audit tells of an operation, the oldest first.</summary>
    public static async Task<IReadOnlyList<string>> BulkAuditAsync(this TestCloud test, string id) =>
    [
        .. (await test.DocumentsAsync(TestCloud.Tenant, Partition, $"c.type = 'audit' AND c.operationId = '{id}'")).Values
            .Select(entry => entry.Deserialize<AuditDocument>(Json.Documents)!)
            .OrderBy(entry => entry.At)
            .Select(entry => entry.Action),
    ];
}
