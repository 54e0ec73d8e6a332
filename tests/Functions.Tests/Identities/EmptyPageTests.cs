using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Identities;

/// <summary>A page of a query that comes back empty with a continuation is not the end.</summary>
public sealed class EmptyPageTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    /// <summary>More empty pages than one call reads past.</summary>
    private const int Many = 25;

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(Many, 3)]
    public async Task Users_accounts_and_audit_entries_are_found_behind_empty_pages(int emptyPages, int calls)
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        var name = $"q{Guid.NewGuid():N}"[..12];
        await test.PatchAsync(user, "user", PatchOperation.Set("/searchText", name));
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        var entries = (await test.AuditAsync(user)).Count;

        Assert.Equal(1, await CountAsync<UserList>($"users?search={name}&", emptyPages, calls, page => (page.Users.Count, page.Continuation)));
        Assert.Equal(3, await CountAsync<AccountList>($"users/{user.UserId}/accounts?", emptyPages, calls, page => (page.Accounts.Count, page.Continuation)));
        Assert.Equal(entries, await CountAsync<AuditEntryList>($"users/{user.UserId}/audit?", emptyPages, calls, page => (page.Entries.Count, page.Continuation)));
    }

    [Fact]
    public async Task I6_An_unregistration_reads_past_empty_pages()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 120);
        for (var left = 0; left < 2; left++)
        {
            using var empty = EmptyPages(times: 1);
            await test.Admin().UserAsync(user.UserId, Stop);
        }

        string operationId;
        using (EmptyPages(times: 1))
        {
            operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
        }

        using (EmptyPages(times: Many))
        {
            await test.SucceededAsync(user, operationId);
        }

        Assert.All(await test.AllAsync<AccountDocument>(user, "account"), account => Assert.Null(account.Did));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
    }

    private IDisposable EmptyPages(int times) => test.Traffic.Add(
        new FaultRule { StandIn = "cosmos", Operation = "query", Caller = "BlokSec.Functions", EmptyPage = true, Times = times });

    /// <summary>Reads a list to its end, and counts what it had.</summary>
    private async Task<int> CountAsync<T>(string path, int emptyPages, int calls, Func<T, (int Count, string? Continuation)> read)
    {
        using var empty = EmptyPages(emptyPages);
        var (found, asked, continuation) = (0, 0, (string?)"");
        while (continuation is not null)
        {
            var answer = await test.Admin().AskAsync($"{path}continuation={continuation}");
            Assert.Equal(200, answer.Status);
            (var count, continuation) = read(answer.Read<T>());
            found += count;
            asked++;
        }

        Assert.InRange(asked, 1, calls);
        return found;
    }
}
