using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Budgets;

/// <summary>What each message of durable work may cost in requests to the database and in further messages, counted where they arrive.</summary>
public sealed class WorkBudgetTests(BudgetCloud cloud) : IClassFixture<BudgetCloud>, IAsyncDisposable
{
    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => cloud.AtRestAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(30)]
    public async Task A_fan_out_of_D_devices_costs_two_requests_and_D_and_three_messages_in_four_sends_at_most(int devices)
    {
        var user = await test.NewUserAsync(devices);
        using var turnstile = Turnstiles();
        await test.Admin().UnregisterAsync(user.UserId, null, Stop);

        var cost = Cost.Of(await turnstile.LetThroughAsync(Queues.Revocations));
        // What applications must learn is a message more, unless the tenant is known to have no streams.
        var told = cost.Messages - (devices + 2);
        Assert.InRange(told, 0, 1);
        Cost.AssertIs(["query", "batch"], (devices == 0 ? 2 : 3) + told, cost);
    }

    [Fact]
    public async Task A_fan_out_sends_all_its_messages_at_the_same_time()
    {
        var user = await test.NewUserAsync(phones: 30);
        var (started, all) = (0, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        test.Traffic.Hook = (seen, stage) =>
        {
            if (seen is not { StandIn: "servicebus", Operation: "send" } || stage != FaultStage.Before
                || seen.Path.Split('/')[1] == Queues.Revocations)
            {
                return Task.CompletedTask;
            }

            if (seen.Path.Split('/')[1] is Queues.Signals or Queues.EventDeliveries)
            {
                return Task.CompletedTask;
            }

            if (Interlocked.Increment(ref started) == 3)
            {
                all.SetResult();
            }

            return all.Task;
        };
        try
        {
            await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await all.Task.WaitAsync(TestCloud.Patience, Stop);
        }
        finally
        {
            test.Traffic.Hook = null;
            all.TrySetResult();
        }

        await test.AtRestAsync(user);
        Assert.Equal(3, started);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_push_costs_two_requests(int phone)
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[phone].SetLosePushesAsync(true, Stop);
        using var turnstile = Turnstiles();
        await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[phone], null, Stop);
        await turnstile.LetThroughAsync(Queues.Revocations);

        Cost.AssertIs(["query", "batch"], 0, Cost.Of(await turnstile.LetThroughAsync(Queues.RevokePushes)));
    }

    [Fact]
    public async Task A_sign_in_push_costs_two_requests()
    {
        var user = await test.NewUserAsync(phones: 1);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        using var turnstile = new Turnstile(test, Queues.SignInPushes);
        await test.AskAsync(user);

        Cost.AssertIs(["query", "batch"], 0, Cost.Of(await turnstile.LetThroughAsync(Queues.SignInPushes)));
    }

    [Theory]
    [InlineData(46, "replace")]
    [InlineData(120, "create")]
    public async Task The_push_that_renews_Apples_token_for_all_instances_costs_one_write_more(int minutes, string write)
    {
        var user = await test.NewUserAsync(phones: 1);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await WithAFreshTokenAsync();
        await test.PassAsync(TimeSpan.FromMinutes(minutes));
        using var turnstile = Turnstiles();
        await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
        await turnstile.LetThroughAsync(Queues.Revocations);

        Cost.AssertIs(["query", write, "batch"], 0, Cost.Of(await turnstile.LetThroughAsync(Queues.RevokePushes)));
    }

    [Fact]
    public async Task A_push_that_fails_costs_two_requests_and_the_message_that_comes_again_when_it_is_due()
    {
        var user = await test.NewUserAsync(phones: 1);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        using var turnstile = Turnstiles();
        using (test.ProviderOut("apns"))
        {
            await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
            await turnstile.LetThroughAsync(Queues.Revocations);
            Cost.AssertIs(["query", "batch"], 1, Cost.Of(await turnstile.LetThroughAsync(Queues.RevokePushes)));
        }

        test.Time.Advance(TimeSpan.FromSeconds(13));
        test.Cloud.ServiceBus.ClockMoved();
        Cost.AssertIs(["query", "batch"], 0, Cost.Of(await turnstile.LetThroughAsync(Queues.RevokePushes)));
    }

    [Fact]
    public async Task A_restore_costs_one_request_for_the_owner_of_the_new_key_and_a_redemption_two_at_the_same_time()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 0);
        using (new Turnstile(test, Queues.Signals))
        {
            var cost = await cloud.CostAsync(() => test.RestoreAsync(user.NewSigner(), user.DidKey()));
            Cost.AssertIs(["query", "create", "batch"], cost.Sent, cost);
            Assert.InRange(cost.Sent, 0, 1);
        }

        var claim = await test.UnregisteredAsync(user);
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = 0;
        test.Traffic.Hook = (seen, stage) =>
        {
            if (seen is not { StandIn: "cosmos", Operation: "create" } || stage != FaultStage.Before)
            {
                return Task.CompletedTask;
            }

            if (Interlocked.Increment(ref started) == 2)
            {
                both.SetResult();
            }

            return both.Task;
        };
        try
        {
            await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code).WaitAsync(TestCloud.Patience, Stop);
        }
        finally
        {
            test.Traffic.Hook = null;
            both.TrySetResult();
        }

        Assert.Equal(2, started);
    }

    [Fact]
    public async Task A_message_that_comes_again_costs_one_look()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await test.SucceededAsync(user, accepted.OperationId);
        await test.AtRestAsync(user);
        var operation = (await test.AllAsync<OperationDocument>(user, "operation")).Single();

        var cost = await cloud.CostAsync(() => test.ComeAgainAsync(operation));

        Assert.Equal(Enumerable.Repeat("query", 4), cost.Database);
    }

    private async Task WithAFreshTokenAsync()
    {
        await test.PassAsync(TimeSpan.FromHours(2));
        var user = await test.NewUserAsync(phones: 1);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
    }

    private Turnstile Turnstiles() => new(test, Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.DidResets, Queues.Signals);
}
