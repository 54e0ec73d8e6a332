using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Providers;

/// <summary>Answers of a provider that only ask for time or make no sense: how often it is asked again, and for how long.</summary>
public sealed class ProviderRetryTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private static readonly TimeSpan TooManyTokens = TimeSpan.FromMinutes(20);

    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Too_many_provider_tokens_pause_all_pushes_to_Apple_for_20_minutes_and_no_other_token_is_made()
    {
        // The token must be made before, as it is in an app that has run for a while.
        var before = await test.NewLosingUserAsync();
        await test.UnregisterAsync(before);
        await test.AssertAcceptedAsync(before, 0);
        var (first, second) = (await test.NewLosingUserAsync(), await test.NewLosingUserAsync());
        var (mark, tokens) = (test.Traffic.Mark, test.Cloud.Apns.ProviderTokensSeen);
        const string Told = "Apple says that our credentials were renewed too often; pushes wait for a while.";
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Status = 429, Reason = "TooManyProviderTokenUpdates" }))
        {
            await test.UnregisterAsync(first);
            await test.AssertWaitsAsync(first, 0, Told, TooManyTokens);
            await test.UnregisterAsync(second);
            await test.AssertWaitsAsync(second, 0, Told, TooManyTokens);
            await test.AssertAcceptedAsync(second, 1);
            Assert.Equal(1, test.Sends("apns", mark));
        }

        await test.PassAsync(TooManyTokens - TimeSpan.FromMinutes(1));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        Assert.Equal(1, test.Sends("apns", mark));
        Assert.Equal(tokens, test.Cloud.Apns.ProviderTokensSeen);

        await test.PassAsync(TimeSpan.FromMinutes(2));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.PassAsync(TimeSpan.FromMinutes(2));
        await test.AssertAcceptedAsync(first, 0);
        await test.AssertAcceptedAsync(second, 0);
    }

    [Fact]
    public async Task A_provider_that_answers_429_for_an_hour_is_asked_ever_more_seldom_and_gets_the_push_in_the_end()
    {
        var user = await test.NewLosingUserAsync();
        var mark = test.Traffic.Mark;
        var waits = new List<TimeSpan>();
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = 429, Reason = "QUOTA_EXCEEDED" }))
        {
            await test.UnregisterAsync(user);
            await test.AssertAcceptedAsync(user, 0);
            for (var until = test.Time.GetUtcNow().AddHours(1); test.Time.GetUtcNow() < until;)
            {
                var attempt = waits.Count + 1;
                var seen = await test.RevocationAsync(
                    user, user.DeviceIds[1], now => now.PushAttempts == attempt, $"attempt {attempt}");
                Assert.Equal(RevokePushState.Retrying, seen.Push);
                waits.Add(seen.NextAttemptAt!.Value - test.Time.GetUtcNow());
                await test.PassAsync(waits[^1] + TimeSpan.FromSeconds(1));
            }

            await test.RevocationAsync(user, user.DeviceIds[1], now => now.PushAttempts == waits.Count + 1, "the last attempt");
            Assert.Equal(waits.Count + 1, test.Sends("fcm", mark));
        }

        Assert.InRange(waits.Count, 6, 10);
        Assert.All(waits, wait => Assert.True(wait > TimeSpan.FromSeconds(30), "Google wants a minute at least."));
        Assert.True(waits[^1] > TimeSpan.FromMinutes(10), "It is asked ever more seldom.");
        await test.PassAsync(TimeSpan.FromHours(1.25));
        await test.AssertAcceptedAsync(user, 1);
    }

    [Fact]
    public async Task An_error_that_Google_does_not_name_is_believed_once_and_then_given_up()
    {
        var user = await test.NewLosingUserAsync();
        var mark = test.Traffic.Mark;
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = 500, Reason = "UNSPECIFIED_ERROR" }))
        {
            await test.UnregisterAsync(user);
            await test.AssertWaitsAsync(user, 1, "Google's push service failed without a reason.", TimeSpan.FromSeconds(10));
            await test.PassAsync(TimeSpan.FromMinutes(1));
            await test.RevocationAsync(user, user.DeviceIds[1], seen => seen.Push == RevokePushState.GivenUp, "it was given up");
        }

        await test.PassAsync(TimeSpan.FromDays(1));
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        Assert.Equal(2, test.Sends("fcm", mark));
    }

    [Fact]
    public async Task A_push_after_one_error_that_Google_does_not_name_is_taken()
    {
        var user = await test.NewLosingUserAsync();
        using (test.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = 500, Reason = "UNSPECIFIED_ERROR" }))
        {
            await test.UnregisterAsync(user);
            await test.AssertWaitsAsync(user, 1, "Google's push service failed without a reason.", TimeSpan.FromSeconds(10));
        }

        await test.PassAsync(TimeSpan.FromMinutes(1));
        await test.AssertAcceptedAsync(user, 1);
    }
}
