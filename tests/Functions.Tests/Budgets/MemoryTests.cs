using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Accounts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>Memory grows neither with a user's accounts nor with the number of users: of whatever is many, the app holds one page.</summary>
public sealed class MemoryTests(HoldingsCloud cloud) : IClassFixture<HoldingsCloud>
{
    /// <summary>A page of accounts, and what else a step reads with its first one.</summary>
    private const int Page = 1000 + 3;

    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1100)]
    [InlineData(2600)]
    public async Task Of_the_accounts_that_are_counted_and_reset_one_page_is_held_however_many_there_are(int accounts)
    {
        var user = await test.NewUserAsync(phones: 0, accounts);

        cloud.Holdings.Forget();
        var plan = await test.Admin().AskAsync($"users/{user.UserId}/unregistration/plan");
        Assert.Equal(accounts, plan.Read<RevocationPlanDetails>().AccountCount);
        AssertHeld(accounts);

        cloud.Holdings.Forget();
        var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await test.SucceededAsync(user, accepted.OperationId);
        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Null(account.Did));
        AssertHeld(accounts);
    }

    [Fact]
    public async Task Of_5000_accounts_of_a_leaver_one_page_is_held_and_the_sign_ins_that_wait_for_them_end()
    {
        const int accounts = 5000;
        var user = await test.NewUserAsync(phones: 1, accounts);
        var waiting = await WaitingAsync(user);

        cloud.Holdings.Forget();
        var answer = await test.Admin().LeaveAsync(user);
        Assert.Equal(202, answer.Status);
        var ended = await test.SucceededAsync(user, answer.Read<OperationDetails>().OperationId);

        AssertHeld(accounts);
        Assert.Equal(accounts, ended.Steps.Sum(step => step.Completed));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'account'"));
        Assert.Equal(0, (await test.UserDocumentAsync(user)).AccountCount);
        var requests = await test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType);
        Assert.All(
            requests.Where(request => waiting.Contains(request.RequestId)), request => Assert.Equal(AuthenticationRequestStatus.Superseded, request.Status));
        Assert.Equal(accounts, (await test.AuditAsync(user)).Where(entry => entry.Action == AuditActions.AccountsRemoved).Sum(entry => entry.Targets.Count));
    }

    [Fact]
    public async Task Of_a_users_accounts_no_more_are_read_than_shown()
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 600);

        foreach (var (path, shown) in new[] { ("", 100), ("/accounts", 100), ("/accounts?pageSize=500", 500) })
        {
            cloud.Holdings.Forget();
            await test.Admin().AskAsync($"users/{user.UserId}{path}");

            // The user's page shows the user and a few sign-in requests as well.
            Assert.InRange(cloud.Holdings.Read, shown, shown + 10);
        }
    }

    [Fact]
    public async Task Of_all_users_no_more_are_read_than_shown()
    {
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => test.NewUserAsync(phones: 0)));

        foreach (var (path, shown) in new[] { ("users", 50), ("users?pageSize=7", 7), ("users?pageSize=7&search=test", 7) })
        {
            cloud.Holdings.Forget();
            await test.Admin().AskAsync(path);
            Assert.Equal(shown, cloud.Holdings.Read);
        }
    }

    [Fact]
    public async Task Of_the_operations_that_stand_still_the_next_page_is_asked_for_when_the_one_before_is_worked_off()
    {
        const int page = 500, atOnce = 16;
        var user = await test.NewUserAsync(phones: 0);
        await StandStillAsync(user, 2 * page + 1);

        var mark = test.Traffic.Mark;
        Assert.True(await test.ResumeAsync());

        // Queries of all users, and what is written for this one: not what tests before left to do for others.
        var seen = test.Traffic.Since(mark).Where(request => request.StandIn == "cosmos" && request.Operation switch
        {
            "query" => !request.Searchable.Contains("[\"", StringComparison.Ordinal),
            "batch" => request.Searchable.Contains(user.UserId, StringComparison.Ordinal),
            _ => false,
        }).Select(request => request.Operation).ToArray();
        var queries = seen.Index().Where(request => request.Item == "query").Select(request => request.Index).ToArray();
        for (var asked = 1; asked <= 2; asked++)
        {
            Assert.InRange(seen[..queries[asked]].Count(operation => operation == "batch"), asked * page - atOnce, asked * page);
        }

        Assert.Equal(2 * page + 1, seen.Count(operation => operation == "batch"));
    }

    /// <summary>Sign-ins that wait for the first, the last and some accounts in between, more than one change ends.</summary>
    private async Task<HashSet<string>> WaitingAsync(TestUser user)
    {
        var now = test.Time.GetUtcNow();
        var all = (await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType)).OrderBy(account => account.Id, StringComparer.Ordinal).ToArray();
        var requests = Enumerable.Range(0, 40).Select(number => all[number * (all.Length - 1) / 39]).Select(account =>
        {
            var requestId = Guid.NewGuid().ToString("N");
            return new AuthenticationRequestDocument
            {
                Id = AuthenticationRequestDocument.IdOf(requestId),
                TenantId = user.TenantId,
                UserId = user.UserId,
                RequestId = requestId,
                ApplicationId = account.ApplicationId,
                ApplicationName = account.ApplicationName,
                AccountId = account.AccountId,
                AccountName = account.AccountName,
                Method = "Push",
                Status = AuthenticationRequestStatus.Pending,
                Challenge = "challenge",
                IssuedAt = now,
                ExpiresAt = now.AddMinutes(5),
            };
        }).ToArray();
        await test.CreateAsync(user, requests);
        return [.. requests.Select(request => request.RequestId)];
    }

    private void AssertHeld(int accounts)
    {
        Assert.True(cloud.Holdings.Read >= accounts, $"{cloud.Holdings.Read} documents were read.");
        Assert.InRange(cloud.Holdings.Most, 0, Page);
    }

    /// <summary>Operations that are running and have nothing left to do: to take one up is to write it once.</summary>
    private async Task StandStillAsync(TestUser user, int count)
    {
        var now = test.Time.GetUtcNow();
        foreach (var numbers in Enumerable.Range(0, count).Chunk(100))
        {
            var batch = test.Cloud.Container.CreateTransactionalBatch(user.Key());
            foreach (var operation in numbers.Select(number => Still(user, $"{number:x32}", now)))
            {
                batch.CreateItemStream(new MemoryStream(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(operation, Json.Documents)));
            }

            using var answer = await batch.ExecuteAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode);
        }
    }

    private static OperationDocument Still(TestUser user, string operationId, DateTimeOffset at) => new()
    {
        Id = OperationDocument.IdOf(operationId),
        TenantId = user.TenantId,
        UserId = user.UserId,
        OperationId = operationId,
        Kind = OperationKind.RemoveDevice,
        Status = OperationStatus.Running,
        RequestedBy = "A test",
        RequestedAt = at,
        UpdatedAt = at,
        Fingerprint = "",
        Epoch = 1,
        Steps = [],
        DeviceIds = [],
    };
}
