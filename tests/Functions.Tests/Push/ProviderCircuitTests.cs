using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Push;

public sealed class ProviderCircuitTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task A_provider_that_refuses_us_is_left_alone_and_one_alert_is_raised()
    {
        Refuse();

        var results = new List<PushResult>();
        for (var count = 0; count < 5; count++)
        {
            results.Add(await cloud.SendAsync(cloud.ToApple()));
        }

        Assert.Equal(1, cloud.Sends("apns"));
        Assert.All(results, result =>
            Assert.Equal(cloud.Time.GetUtcNow().AddSeconds(30), Assert.IsType<PushResult.Misconfigured>(result).RetryAfter));
        Assert.Single(cloud.Logs.Entries, entry => entry.Level == LogLevel.Error);
        Assert.Single(cloud.Metrics, "bloksec.push.circuit_opened apns");
        Assert.Equal(4, cloud.Metrics.Count(metric => metric == "bloksec.pushes apns held"));
    }

    [Fact]
    public async Task When_the_time_is_over_one_push_tries_again_and_closes_the_circuit()
    {
        using (Refuse())
        {
            await cloud.SendAsync(cloud.ToApple());
        }

        cloud.Time.Advance(TimeSpan.FromSeconds(30));
        var arrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        cloud.Traffic.Hook = (_, _) =>
        {
            arrived.TrySetResult();
            return release.Task;
        };
        var probe = cloud.SendAsync(cloud.ToApple());
        await arrived.Task;

        Assert.IsType<PushResult.Misconfigured>(await cloud.SendAsync(cloud.ToApple()));
        release.SetResult();
        Assert.IsType<PushResult.Accepted>(await probe);
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
    }

    [Fact]
    public async Task A_probe_that_is_refused_opens_the_circuit_for_the_same_time_without_another_alert()
    {
        Refuse();
        await cloud.SendAsync(cloud.ToApple());
        cloud.Time.Advance(TimeSpan.FromSeconds(30));

        await cloud.SendAsync(cloud.ToApple());
        var held = await cloud.SendAsync(cloud.ToApple());

        Assert.Equal(2, cloud.Sends("apns"));
        Assert.Equal(cloud.Time.GetUtcNow().AddSeconds(30), Assert.IsType<PushResult.Misconfigured>(held).RetryAfter);
        Assert.Single(cloud.Logs.Entries, entry => entry.Level == LogLevel.Error);
    }

    [Fact]
    public async Task A_probe_without_an_answer_leaves_the_next_push_to_try()
    {
        using (Refuse())
        {
            await cloud.SendAsync(cloud.ToApple());
        }

        cloud.Time.Advance(TimeSpan.FromSeconds(30));
        using (cloud.Traffic.Add(new FaultRule { StandIn = "apns", Drop = true }))
        {
            Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToApple()));
        }

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
    }

    [Fact]
    public async Task The_other_provider_and_the_other_environment_go_on()
    {
        Refuse();
        await cloud.SendAsync(cloud.ToApple());
        cloud.Traffic.Clear();
        var token = new string('b', 64);
        cloud.Apns.Register(token, ApnsEnvironment.Sandbox, _ => Task.CompletedTask);

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid()));
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple(token, PushEnvironment.Sandbox)));
    }

    [Fact]
    public async Task Apple_is_left_alone_when_our_tokens_changed_too_often()
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 429, Reason = "TooManyProviderTokenUpdates", Times = 1 });

        await cloud.SendAsync(cloud.ToApple());
        var held = await cloud.SendAsync(cloud.ToApple());

        Assert.Equal(cloud.Time.GetUtcNow().AddMinutes(20), Assert.IsType<PushResult.Throttled>(held).Until);
        Assert.Equal(1, cloud.Sends("apns"));
        Assert.Equal(1, cloud.Database.Writes);
    }

    [Fact]
    public async Task One_dead_or_throttled_handle_does_not_hold_the_others()
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 429, Reason = "TooManyRequests", Times = 1 });
        await cloud.SendAsync(cloud.ToApple());
        await cloud.SendAsync(cloud.ToApple(new string('c', 64)));

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
    }

    [Fact]
    public async Task A_provider_that_hangs_five_times_in_a_row_is_left_alone_for_half_a_minute()
    {
        await cloud.HangAsync(5);

        var held = Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToApple()));

        Assert.Equal(("TimedOut", false, cloud.Time.GetUtcNow().AddSeconds(30)), (held.Reason, held.WasSent, held.RetryAfter));
        Assert.Single(cloud.Metrics, "bloksec.push.circuit_opened apns");
        Assert.Single(cloud.Logs.Entries, entry => entry.Level == LogLevel.Error);
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid()));
    }

    [Fact]
    public async Task A_provider_that_goes_on_hanging_is_asked_every_half_minute_until_it_answers()
    {
        await cloud.HangAsync(5);
        for (var probe = 0; probe < 4; probe++)
        {
            var held = Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToApple()));
            Assert.Equal(cloud.Time.GetUtcNow().AddSeconds(30), held.RetryAfter);
            cloud.Time.Advance(TimeSpan.FromSeconds(30));
            await cloud.HangAsync(1);
        }

        Assert.Single(cloud.Metrics, "bloksec.push.circuit_opened apns");
        cloud.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(503)]
    public async Task An_answer_between_shows_that_a_provider_does_not_hang(int status)
    {
        await cloud.HangAsync(4);
        using (cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = status == 200 ? null : status }))
        {
            await cloud.SendAsync(cloud.ToApple());
        }

        await cloud.HangAsync(4);

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
    }

    [Fact]
    public async Task A_revoke_push_does_not_wait_behind_sign_ins()
    {
        await using var app = cloud.StartApp(settings => settings["Push:InFlight"] = "1");
        var senders = (PushSenders)app.GetService(typeof(PushSenders))!;
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        cloud.Traffic.Hook = (_, _) =>
        {
            arrived.TrySetResult();
            return release.Task;
        };
        var revoke = cloud.ToApple();
        var hanging = senders.SendAsync(
            new SignInRequestPush(
                revoke.Handle, revoke.Platform, revoke.PushId, "acme", "user-1", revoke.DeviceId, "r1", cloud.Time.GetUtcNow().AddMinutes(2), TimeSpan.FromMinutes(2)),
            TestContext.Current.CancellationToken);
        await arrived.Task;
        cloud.Traffic.Hook = null;

        Assert.IsType<PushResult.Accepted>(await senders.SendAsync(revoke, TestContext.Current.CancellationToken));
        release.SetResult();
        Assert.IsType<PushResult.Accepted>(await hanging);
    }

    [Fact]
    public async Task A_push_that_finds_no_place_in_a_second_is_turned_away_unsent()
    {
        await using var app = cloud.StartApp(settings => settings["Push:InFlight"] = "1");
        var senders = (PushSenders)app.GetService(typeof(PushSenders))!;
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        cloud.Traffic.Hook = (_, _) =>
        {
            arrived.TrySetResult();
            return release.Task;
        };
        var hanging = senders.SendAsync(cloud.ToApple(), TestContext.Current.CancellationToken);
        await arrived.Task;

        var waiting = senders.SendAsync(cloud.ToApple(), TestContext.Current.CancellationToken);
        cloud.Time.Advance(TimeSpan.FromSeconds(1));

        var busy = Assert.IsType<PushResult.Unavailable>(await waiting);
        Assert.Equal(("Busy", false), (busy.Reason, busy.WasSent));
        release.SetResult();
        Assert.IsType<PushResult.Accepted>(await hanging);
        Assert.IsType<PushResult.Accepted>(await senders.SendAsync(cloud.ToApple(), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_provider_that_is_not_set_up_says_so_and_the_app_starts_without_it()
    {
        await using var app = cloud.StartApp(settings =>
        {
            foreach (var key in settings.Keys.ToArray())
            {
                settings.Remove(key);
            }
        });
        var senders = (PushSenders)app.GetService(typeof(PushSenders))!;

        foreach (var push in new[] { cloud.ToApple(), cloud.ToAndroid() })
        {
            var result = await senders.SendAsync(push, TestContext.Current.CancellationToken);

            Assert.Equal("NotConfigured", Assert.IsType<PushResult.Misconfigured>(result).Reason);
        }

        Assert.Equal(2, cloud.Logs.Entries.Count(entry => entry.Level == LogLevel.Error));
    }

    private IDisposable Refuse() => cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 403, Reason = "InvalidProviderToken" });
}
