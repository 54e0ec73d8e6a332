using BlokSec.Functions.Push;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Push;

/// <summary>The way to Apple: connections that break, hang or are shut down, and the provider token on it.</summary>
public sealed class ApnsConnectionTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task A_broken_connection_is_an_unknown_outcome_and_the_repeated_push_has_the_same_id()
    {
        using (cloud.Traffic.Add(new FaultRule { StandIn = "apns", Drop = true, Stage = FaultStage.After }))
        {
            Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToApple()));
        }

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
        Assert.Equal([PushCloud.PushId, PushCloud.PushId], cloud.Apns.Accepted.Select(push => push.Id));
    }

    [Fact]
    public Task A_provider_that_does_not_answer_times_out() => cloud.HangAsync(1);

    [Fact]
    public async Task A_provider_that_is_not_there_is_unavailable()
    {
        await cloud.Apns.DisposeAsync();

        Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToApple()));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_told_so()
    {
        using var giveUp = new CancellationTokenSource();
        cloud.Traffic.Hook = (_, _) => giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cloud.Senders.SendAsync(cloud.ToApple(), giveUp.Token));
    }

    [Fact]
    public async Task An_expired_provider_token_is_renewed_once_and_the_push_sent_once_more()
    {
        await cloud.SendAsync(cloud.ToApple());
        cloud.Time.Advance(TimeSpan.FromMinutes(25));
        using var rule = cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 403, Reason = "ExpiredProviderToken", Times = 1 });

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
        Assert.Equal(2, cloud.Apns.ProviderTokensSeen);
        Assert.Equal(3, cloud.Sends("apns"));
    }

    [Fact]
    public async Task A_young_provider_token_is_not_renewed_even_when_Apple_calls_it_expired()
    {
        await cloud.SendAsync(cloud.ToApple());
        cloud.Time.Advance(TimeSpan.FromMinutes(5));
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 403, Reason = "ExpiredProviderToken" });

        Assert.IsType<PushResult.Misconfigured>(await cloud.SendAsync(cloud.ToApple()));
        Assert.Equal(1, cloud.Database.Writes);
    }

    [Fact]
    public async Task Shutdown_opens_a_new_connection_and_what_is_under_way_on_the_old_one_arrives()
    {
        await cloud.SendAsync(cloud.ToApple());
        var slowArrived = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        cloud.Traffic.Hook = (request, stage) =>
        {
            if (stage == FaultStage.Before && slowArrived.TrySetResult())
            {
                return release.Task;
            }

            return Task.CompletedTask;
        };
        var slow = cloud.SendAsync(cloud.ToApple());
        await slowArrived.Task;
        using (cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = 503, Reason = "Shutdown", Times = 1 }))
        {
            Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToApple()));
        }

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple()));
        release.SetResult();
        Assert.IsType<PushResult.Accepted>(await slow);
    }
}
