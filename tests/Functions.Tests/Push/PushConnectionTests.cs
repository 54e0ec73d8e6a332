using BlokSec.Functions.Push;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Push;

/// <summary>A connection that dies without a word, and one that has few streams.</summary>
public sealed class PushConnectionTests
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("apns")]
    [InlineData("fcm")]
    public async Task I5_A_connection_whose_streams_never_answer_is_given_up_and_the_next_push_has_a_new_one(string provider)
    {
        await using var cloud = await PushCloud.StartAsync();
        await cloud.SendAsync(cloud.To(provider));
        var sent = cloud.Sends(provider);
        Task<PushResult>[] stuck;
        using (cloud.Traffic.Add(new FaultRule { StandIn = provider, Operation = "send", Silence = true }))
        {
            stuck = [.. Enumerable.Range(0, 10).Select(_ => cloud.SendAsync(cloud.To(provider)))];
            await cloud.Traffic.WaitAsync(() => cloud.Sends(provider) == sent + stuck.Length, TestContext.Current.CancellationToken);
            cloud.Time.Advance(AnswerTimeout);
            await Task.WhenAll(stuck);
        }

        var results = await Task.WhenAll(stuck);
        Assert.All(results, result => Assert.Equal("TimedOut", Assert.IsType<PushResult.Unavailable>(result).Reason));
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.To(provider)));
        var connections = cloud.Connections(provider);
        Assert.Single(connections[..^1].Distinct());
        Assert.NotEqual(connections[0], connections[^1]);
        Assert.DoesNotContain(cloud.Metrics, metric => metric.StartsWith("bloksec.push.circuit_opened", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("apns")]
    [InlineData("fcm")]
    public async Task The_probe_of_an_open_circuit_goes_on_a_new_connection(string provider)
    {
        await using var cloud = await PushCloud.StartAsync();
        await cloud.SendAsync(cloud.To(provider));
        using (cloud.Traffic.Add(new FaultRule { StandIn = provider, Operation = "send", Status = 403, Reason = "PERMISSION_DENIED" }))
        {
            Assert.IsType<PushResult.Misconfigured>(await cloud.SendAsync(cloud.To(provider)));
        }

        cloud.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.To(provider)));

        var connections = cloud.Connections(provider);
        Assert.Equal(connections[0], connections[1]);
        Assert.NotEqual(connections[0], connections[2]);
    }

    [Fact]
    public async Task Waiting_for_a_stream_is_not_the_providers_silence()
    {
        await using var cloud = await PushCloud.StartAsync(streams: 1);
        await cloud.SendAsync(cloud.ToApple());
        var answers = new SemaphoreSlim(0);
        cloud.Traffic.Hook = (_, stage) =>
            stage == FaultStage.Before ? answers.WaitAsync(TestContext.Current.CancellationToken) : Task.CompletedTask;
        var sent = cloud.Sends("apns");
        var pushes = Enumerable.Range(0, 20).Select(_ => cloud.SendAsync(cloud.ToApple())).ToArray();

        for (var answered = 0; answered < pushes.Length; answered++)
        {
            await cloud.Traffic.WaitAsync(() => cloud.Sends("apns") > sent + answered, TestContext.Current.CancellationToken);
            cloud.Time.Advance(TimeSpan.FromMilliseconds(700));
            answers.Release();
        }

        Assert.All(await Task.WhenAll(pushes), result => Assert.IsType<PushResult.Accepted>(result));
        Assert.DoesNotContain(cloud.Metrics, metric => metric.StartsWith("bloksec.push.circuit_opened", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_push_that_waits_for_a_stream_of_a_silent_connection_moves_to_the_next_one()
    {
        await using var cloud = await PushCloud.StartAsync(streams: 1);
        await cloud.SendAsync(cloud.ToApple());
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Silence = true, Times = 1 });
        var silent = cloud.SendAsync(cloud.ToApple());
        await cloud.Traffic.WaitAsync(() => cloud.Sends("apns") == 2, TestContext.Current.CancellationToken);
        var waiting = Enumerable.Range(0, 3).Select(_ => cloud.SendAsync(cloud.ToApple())).ToArray();

        cloud.Time.Advance(AnswerTimeout);

        Assert.IsType<PushResult.Unavailable>(await silent);
        Assert.All(await Task.WhenAll(waiting), result => Assert.IsType<PushResult.Accepted>(result));
        Assert.Equal(2, cloud.Connections("apns").Distinct().Count());
    }

    [Fact]
    public async Task A_push_that_gets_no_stream_in_time_was_not_sent_and_does_not_count_against_the_provider()
    {
        await using var cloud = await PushCloud.StartAsync(streams: 1);
        await cloud.SendAsync(cloud.ToApple());
        var answers = new SemaphoreSlim(0);
        cloud.Traffic.Hook = (_, stage) =>
            stage == FaultStage.Before ? answers.WaitAsync(TestContext.Current.CancellationToken) : Task.CompletedTask;
        var sent = cloud.Sends("apns");
        var pushes = Enumerable.Range(0, 5).Select(_ => cloud.SendAsync(cloud.ToApple())).ToArray();

        // Nine seconds each: the fourth leaves after 27, and after 30 the fifth has waited long enough.
        foreach (var seconds in new[] { 9, 9, 9, 3 })
        {
            sent++;
            await cloud.Traffic.WaitAsync(() => cloud.Sends("apns") == sent, TestContext.Current.CancellationToken);
            cloud.Time.Advance(TimeSpan.FromSeconds(seconds));
            if (seconds == 9)
            {
                answers.Release();
            }
        }

        await foreach (var ended in Task.WhenEach(pushes))
        {
            if (await ended is PushResult.Unavailable unsent)
            {
                Assert.Equal(("Busy", false, false), (unsent.Reason, unsent.WasSent, unsent.Hangs));
                break;
            }
        }

        answers.Release();
        Assert.Equal(4, (await Task.WhenAll(pushes)).Count(result => result is PushResult.Accepted));
        Assert.Single(cloud.Metrics, "bloksec.pushes apns busy");
        Assert.DoesNotContain(cloud.Metrics, metric => metric.StartsWith("bloksec.push.circuit_opened", StringComparison.Ordinal));
    }
}
