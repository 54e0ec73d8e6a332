using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Accounts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>What a leaver may cost, however many accounts there are, and what a phone pays for news of its accounts.</summary>
public sealed class DepartureBudgetTests(BudgetCloud cloud) : IClassFixture<BudgetCloud>, IAsyncDisposable
{
    private readonly TestCloud test = cloud.Test;

    public ValueTask DisposeAsync() => cloud.AtRestAsync();

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(95, 1, 1, 1)]
    [InlineData(96, 1, 1, 2)]
    [InlineData(96, 30, 1, 2)]
    [InlineData(500, 1, 1, 6)]
    [InlineData(620, 1, 2, 8)]
    public async Task A_departure_is_answered_after_three_requests_and_one_message_and_costs_two_for_a_page_and_one_for_a_portion(
        int accounts, int phones, int pages, int portions)
    {
        var user = await test.NewUserAsync(phones, accounts);
        using var turnstile = new Turnstile(test, Queues.AccountRemovals);

        Cost.AssertIs(["query", "query", "batch"], 1, await cloud.CostAsync(async () => Assert.Equal(202, (await test.Admin().LeaveAsync(user)).Status)));
        var work = Cost.Of(await turnstile.LetThroughAsync(Queues.AccountRemovals));

        Assert.Equal((2 * pages, portions, 0), (work.Count("query"), work.Count("batch"), work.Sent));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'account'"));
    }

    [Fact]
    public async Task A_phone_without_news_of_its_accounts_costs_one_read_and_with_news_a_query_more()
    {
        var user = await test.NewUserAsync(accounts: 3);
        var signer = user.Signer(0);
        await test.StatusAsync(signer);

        Cost.AssertIs(["read"], 0, await cloud.CostAsync(() => AskAsync(version: 0)));
        Cost.AssertIs(["read", "query"], 0, await cloud.CostAsync(() => AskAsync(version: -1)));

        Task AskAsync(int version) => test.CallAsync(HttpMethod.Get, $"mobile/device/status?accountsVersion={version}", signer, null);
    }
}
