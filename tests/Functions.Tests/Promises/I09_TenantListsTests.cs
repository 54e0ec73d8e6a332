using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Seed;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Lists and their continuations stay in the caller's tenant.</summary>
public sealed class TenantListsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private const string OtherTenant = DemoPeople.Fabrikam;

    private readonly TestCloud test = fixture.Cloud;

    [Fact]
    public async Task I9_A_list_shows_the_own_tenant_only_whatever_page_of_whatever_list_one_asks_for()
    {
        var (ours, theirs) = await test.NamesakesAsync();
        for (var more = 0; more < 3; more++)
        {
            await test.NewUserAsync();
            await test.NewUserAsync(tenantId: OtherTenant);
        }

        var (here, tokensHere) = await PagesAsync(TestCloud.Alice, first: null);
        var (there, _) = await PagesAsync(TestCloud.Neighbour, first: null);
        Assert.Contains(ours.UserId, here);
        Assert.Contains(theirs.UserId, there);
        Assert.NotEmpty(tokensHere);
        Assert.Equal([ours.UserId], here.Intersect(there).Where(id => id == ours.UserId));

        foreach (var token in tokensHere)
        {
            var stolen = await test.Admin(TestCloud.Neighbour).AskAsync($"users?pageSize=1&continuation={token}");
            Assert.True(stolen.Status is 200 or 400, stolen.Text);
            if (stolen.Status == 200)
            {
                Assert.All(stolen.Read<UserList>().Users, user => Assert.EndsWith("@fabrikam.example", user.Email, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public async Task I9_A_page_of_accounts_that_begins_where_another_tenants_page_ended_holds_the_own_ones()
    {
        var (ours, theirs) = await test.NamesakesAsync(accounts: 5);
        var first = (await test.Admin().AskAsync($"users/{ours.UserId}/accounts?pageSize=2")).Read<AccountList>();

        var next = (await test.Admin(TestCloud.Neighbour).AskAsync($"users/{theirs.UserId}/accounts?pageSize=500&continuation={first.Continuation}"))
            .Read<AccountList>();

        Assert.Equal(3, next.Accounts.Count);
        Assert.All(next.Accounts, account => Assert.Equal(theirs.DidKey().Did, account.Did));
    }

    private async Task<(IReadOnlyList<string> UserIds, IReadOnlyList<string> Continuations)> PagesAsync(string administrator, string? first)
    {
        var (ids, tokens, next) = (new List<string>(), new List<string>(), first);
        do
        {
            var page = (await test.Admin(administrator).AskAsync($"users?pageSize=2{(next is null ? "" : $"&continuation={next}")}")).Read<UserList>();
            ids.AddRange(page.Users.Select(user => user.UserId));
            next = page.Continuation;
            if (next is not null)
            {
                tokens.Add(next);
            }
        }
        while (next is not null);
        return (ids, tokens);
    }
}
