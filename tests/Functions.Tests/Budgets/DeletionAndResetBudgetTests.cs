using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>What deleting devices and resetting accounts may cost, however many there are.</summary>
public sealed class DeletionAndResetBudgetTests(BudgetCloud cloud) : IClassFixture<BudgetCloud>, IAsyncDisposable
{
    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => cloud.AtRestAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public async Task The_deletion_of_D_devices_costs_two_requests(int devices)
    {
        var user = await test.NewUserAsync(devices);
        using var turnstile = Turnstiles();
        await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await turnstile.LetThroughAsync(Queues.Revocations);

        Cost.AssertIs(["query", "batch"], 0, Cost.Of(await turnstile.LetThroughAsync(Queues.DeviceDeletions)));
    }

    [Theory]
    [InlineData(90, 1)]
    [InlineData(91, 2)]
    [InlineData(250, 3)]
    public async Task The_deletion_of_D_devices_costs_at_most_two_requests_and_one_for_each_ninety(int devices, int batches)
    {
        var user = await test.NewUserAsync(phones: 1);
        await test.CreateAsync(user, Revoked((await test.AllAsync<DeviceDocument>(user, "device"))[0], devices - 1));
        using var turnstile = Turnstiles();
        await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await turnstile.LetThroughAsync(Queues.Revocations);

        var cost = Cost.Of(await turnstile.LetThroughAsync(Queues.DeviceDeletions));

        Assert.Equal((1, batches, 0), (cost.Count("query"), cost.Count("batch"), cost.Sent));
        Assert.InRange(cost.Database.Count, 1, 2 + Ceiling(devices, 90));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(1001)]
    public async Task A_reset_of_A_accounts_costs_one_request_one_for_each_hundred_and_one_for_each_page(int accounts)
    {
        var user = await test.NewUserAsync(phones: 0, accounts);
        using var turnstile = Turnstiles();
        await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await turnstile.LetThroughAsync(Queues.Revocations);

        AssertReset(accounts, sent: 0, Cost.Of(await turnstile.LetThroughAsync(Queues.DidResets)));
    }

    [Fact]
    public async Task Five_pages_of_accounts_are_reset_and_bound_again_at_the_same_price_each_and_a_message_for_each_further_five()
    {
        var user = await test.NewUserAsync(phones: 0, accounts: 4995);
        using var turnstile = Turnstiles();
        var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await turnstile.LetThroughAsync(Queues.Revocations);
        await turnstile.LetThroughAsync(Queues.DeviceDeletions);
        AssertReset(4995, sent: 0, Cost.Of(await turnstile.LetThroughAsync(Queues.DidResets)));
        await test.SucceededAsync(user, accepted.OperationId);

        await AddAccountAsync(user);
        var claim = await test.ClaimLinkAsync(user);
        var redemption = await cloud.CostAsync(() => test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code));
        Cost.AssertIs(["query", "create", "create", "batch"], 1, redemption);
        var first = Cost.Of(await turnstile.LetThroughAsync(Queues.DidResets));
        var second = Cost.Of(await turnstile.LetThroughAsync(Queues.DidResets));
        AssertReset(4996, sent: 1, new Cost([.. first.Database, .. second.Database], first.Sent + second.Sent, first.Messages + second.Messages));
        Assert.Equal(50, first.Count("batch"));
    }

    /// <summary>
    /// Two requests for the decision, two for the owners of the two keys, and for the accounts one less than a reset cost before keys had owners:
    /// so an enrollment costs one request more than then.
    /// </summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(101)]
    public async Task An_enrollment_of_a_user_with_A_accounts_costs_six_requests_and_one_for_each_hundred(int accounts)
    {
        var user = await test.NewUserAsync(phones: 0, accounts);
        var claim = await test.UnregisteredAsync(user);
        using var turnstile = Turnstiles();
        var redemption = await cloud.CostAsync(() => test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code));
        Cost.AssertIs(["query", "create", "create", "batch"], 1, redemption);

        var reset = Cost.Of(await turnstile.LetThroughAsync(Queues.DidResets));

        Assert.Equal(6 + Ceiling(accounts, 100), redemption.Database.Count + reset.Database.Count);
        var did = (await test.UserDocumentAsync(user)).Did;
        Assert.All(await test.AllAsync<AccountDocument>(user, "account"), account => Assert.Equal(did, account.Did));
    }

    private Turnstile Turnstiles() => new(test, Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.DidResets);

    private async Task AddAccountAsync(TestUser user)
    {
        var account = (await test.AllAsync<AccountDocument>(user, "account"))[0];
        var added = account with { Id = "account:added-later", AccountId = "added-later", ETag = null };
        using var body = new MemoryStream(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(added, Json.Documents));
        using var answer = await test.Cloud.Container.CreateItemStreamAsync(body, user.Key(), cancellationToken: Stop);
        answer.EnsureSuccessStatusCode();
    }

    private static void AssertReset(int accounts, int sent, Cost cost)
    {
        // The last batch of a page leaves one place for the operation. The first message reads the operation with its first page, others before.
        const int page = 999;
        var (pages, batches) = (Math.Max(1, Ceiling(accounts, page)), (accounts / page * 10) + Ceiling(accounts % page, 100));
        Assert.Equal((pages + sent, batches + 1), (cost.Count("query"), cost.Count("batch")));
        Assert.Equal(1 + batches + pages + sent, cost.Database.Count);
        Assert.Equal(sent, cost.Sent);
        Assert.True(cost.Sent <= Ceiling(accounts, 1000));
    }

    private static IEnumerable<DeviceDocument> Revoked(DeviceDocument device, int count) =>
        Enumerable.Range(0, count).Select(number => device with
        {
            Id = DeviceDocument.IdOf($"removed-before-{number:d4}"),
            DeviceId = $"removed-before-{number:d4}",
            State = DeviceState.Revoked,
            ETag = null,
        });

    private static int Ceiling(int of, int by) => (of + by - 1) / by;
}
