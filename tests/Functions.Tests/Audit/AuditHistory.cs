using BlokSec.Contracts;
using BlokSec.Functions.Audit;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Audit;

/// <summary>A tenant of its own with whatever happened in it.</summary>
internal sealed class AuditHistory(OpenCloud cloud)
{
    public string Tenant { get; } = $"tenant-{Guid.NewGuid():N}";

    public string Auditor => cloud.Issuer.Token(new TokenClaims { Subject = "ada", Tenant = Tenant, Roles = ["Audit.Read"] });

    /// <summary>An entry as the app writes it.</summary>
    public AuditDocument Entry(string userId, DateTimeOffset at, AuditActor? actor = null, string action = AuditActions.DeviceRemoved) =>
        new UserKey(Tenant, userId).Entry(at, actor ?? new AuditActor(AuditActorKinds.Administrator, "alice", "Alice Adams"), action, "device-1");

    public async Task StoreAsync(IEnumerable<AuditDocument> entries)
    {
        foreach (var partition in entries.GroupBy(entry => entry.UserId))
        {
            await cloud.Test.CreateAsync(new TestUser(Tenant, partition.Key, [], []), partition);
        }
    }

    public Task<RawAnswer> AskAsync(string path) => cloud.Api.SendAsync(Auditor, HttpMethod.Get, path);

    public async Task<AuditEntryList> ListAsync(string query)
    {
        var answer = await AskAsync($"audit?{query}");
        Assert.True(answer.Status == 200, $"{answer.Status} for {query}: {answer.Text}");
        return System.Text.Json.JsonSerializer.Deserialize<AuditEntryList>(answer.Text, BlokSec.Local.Demo.AdminClient.Json)!;
    }

    /// <summary>All pages.</summary>
    public async Task<List<AuditEntryDetails>> ReadAsync(string query, int pageSize = 200)
    {
        var read = new List<AuditEntryDetails>();
        string? continuation = null;
        do
        {
            var page = await ListAsync($"{query}&pageSize={pageSize}&continuation={continuation}");
            read.AddRange(page.Entries);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return read;
    }
}
