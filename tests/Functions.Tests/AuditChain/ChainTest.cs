using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.AuditChain;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Audit;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.AuditChain;

/// <summary>A tenant whose audit is sealed, signed and checked when told to, and whose documents an insider can change.</summary>
internal sealed class ChainTest(OpenCloud cloud)
{
    public AuditHistory History { get; } = new(cloud);

    public string Tenant => History.Tenant;

    private TestCloud Test => cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public Task<bool> SealAsync() => Test.Cloud.Host.RunTimerAsync(nameof(SealAudit));

    public Task<bool> SignAsync() => Test.Cloud.Host.RunTimerAsync(nameof(SignAuditRoots));

    /// <summary>Runs the check once.</summary>
    public Task<bool> VerifyAsync() => Test.Cloud.Host.RunTimerAsync(nameof(VerifyAudit));

    /// <summary>Checks the whole chain, which may take several runs.</summary>
    public async Task<AuditChainDetails> CheckAsync()
    {
        var before = (await ChainAsync()).CheckedAt;
        Test.Time.Advance(TimeSpan.FromSeconds(1));
        for (var run = 0; run < 50; run++)
        {
            Assert.True(await VerifyAsync());
            if (await ChainAsync() is { } chain && chain.CheckedAt != before)
            {
                return chain;
            }
        }

        throw new InvalidOperationException("The check does not end.");
    }

    public async Task<AuditChainDetails> ChainAsync() =>
        JsonSerializer.Deserialize<AuditChainDetails>((await History.AskAsync("audit/chain")).Text, BlokSec.Local.Demo.AdminClient.Json)!;

    /// <summary>The faults of a check.</summary>
    public async Task<string[]> FaultsAsync() => [.. (await CheckAsync()).Breaks.Select(found => found.Fault).Distinct().Order(StringComparer.Ordinal)];

    public async Task<AuditDocument[]> WriteAsync(int count, string userId = "maria", TimeSpan ago = default)
    {
        var at = Test.Time.GetUtcNow() - ago;
        var entries = Enumerable.Range(0, count).Select(number => History.Entry(userId, at.AddMilliseconds(number))).ToArray();
        await History.StoreAsync(entries);
        return entries;
    }

    /// <summary>All documents of the chain.</summary>
    public async Task<JsonElement[]> BlocksAsync() =>
        [.. (await Test.DocumentsAsync(Tenant, "~audit", "c.type = 'auditBlock'")).Values];

    public async Task<JsonElement> EntryAsync(AuditDocument entry) => (await Test.DocumentsAsync(Tenant, entry.UserId, $"c.id = '{entry.Id}'")).Values.Single();

    /// <summary>What every block seals, in order.</summary>
    public async Task<string[]> SealedAsync() =>
        [.. (await BlocksAsync()).SelectMany(block => block.GetProperty("entries").EnumerateArray()).Select(entry => entry.GetProperty("id").GetString()!)];

    public Task PatchAsync(string userId, string id, params PatchOperation[] changes) => Test.PatchAsync(new TestUser(Tenant, userId, [], []), id, changes);

    public async Task DeleteAsync(string userId, string id)
    {
        using var answer = await Test.Cloud.Container.DeleteItemStreamAsync(id, KeyOf(Tenant, userId), cancellationToken: Stop);
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Writes a document over whatever is there.</summary>
    public async Task WriteAsync(string tenantId, string userId, System.Text.Json.Nodes.JsonObject document)
    {
        document["tenantId"] = tenantId;
        document["userId"] = userId;
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(document));
        using var answer = await Test.Cloud.Container.UpsertItemStreamAsync(body, KeyOf(tenantId, userId), cancellationToken: Stop);
        Assert.True(answer.IsSuccessStatusCode);
    }

    /// <summary>Writes a document of the tenant that is of no user.</summary>
    public async Task WriteOfNobodyAsync(System.Text.Json.Nodes.JsonObject document)
    {
        document["tenantId"] = Tenant;
        document.Remove("userId");
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(document));
        using var answer = await Test.Cloud.Container.CreateItemStreamAsync(body, new PartitionKeyBuilder().Add(Tenant).AddNoneType().Build(), cancellationToken: Stop);
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static PartitionKey KeyOf(string tenantId, string userId) => new PartitionKeyBuilder().Add(tenantId).Add(userId).Build();
}
