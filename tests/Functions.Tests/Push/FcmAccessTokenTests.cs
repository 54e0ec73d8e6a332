using BlokSec.Functions.Push;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Push;

/// <summary>Google's access token: asked for once for all pushes, renewed in good time, and what becomes of a push without one.</summary>
public sealed class FcmAccessTokenTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task One_access_token_serves_many_pushes()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cloud.SendAsync(cloud.ToAndroid())));

        Assert.Equal(20, cloud.Fcm.Accepted.Count);
        Assert.Single(cloud.Traffic.Seen, request => request.Operation == "token");
    }

    [Fact]
    public async Task An_access_token_that_Google_refuses_is_renewed_once_for_all_pushes()
    {
        await cloud.SendAsync(cloud.ToAndroid());
        cloud.Fcm.ForgetAccessTokens();

        var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cloud.SendAsync(cloud.ToAndroid())));

        Assert.All(results, result => Assert.IsType<PushResult.Accepted>(result));
        Assert.Equal(2, cloud.Traffic.Seen.Count(request => request.Operation == "token"));
    }

    [Fact]
    public async Task An_access_token_is_renewed_in_good_time()
    {
        await cloud.SendAsync(cloud.ToAndroid());
        cloud.Time.Advance(TimeSpan.FromMinutes(61));

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid()));
        Assert.Equal(2, cloud.Traffic.Seen.Count(request => request.Operation == "token"));
    }

    [Theory]
    [InlineData(400, "invalid_grant", "Misconfigured", "TokenRefused")]
    [InlineData(401, "invalid_client", "Misconfigured", "TokenRefused")]
    [InlineData(429, "rate_limited", "Unavailable", "TokenEndpointUnavailable")]
    [InlineData(503, "backend_error", "Unavailable", "TokenEndpointUnavailable")]
    public async Task The_token_endpoint_is_told_apart_from_the_phones(int status, string error, string outcome, string reason)
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "token", Status = status, Reason = error });

        var result = await cloud.SendAsync(cloud.ToAndroid());

        Assert.Equal((outcome, reason), (result.GetType().Name, result.Reason));
        Assert.Equal(0, cloud.Sends("fcm"));
    }

    [Fact]
    public async Task A_slow_token_endpoint_is_not_the_push_services_silence()
    {
        using var silence = SilentTokens();
        for (var push = 1; push <= 6; push++)
        {
            var sending = cloud.SendAsync(cloud.ToAndroid());
            await AskedForTokensAsync(1);
            cloud.Time.Advance(TimeSpan.FromSeconds(10));
            AssertNoToken(await sending);
        }

        AssertCircuitIsClosed();
    }

    [Fact]
    public async Task A_token_endpoint_that_is_slow_to_renew_is_not_the_push_services_silence()
    {
        await cloud.SendAsync(cloud.ToAndroid());
        cloud.Fcm.ForgetAccessTokens();
        using (SilentTokens())
        {
            for (var push = 1; push <= 6; push++)
            {
                var sending = cloud.SendAsync(cloud.ToAndroid());
                await AskedForTokensAsync(1 + push);
                cloud.Time.Advance(TimeSpan.FromSeconds(10));
                AssertNoToken(await sending);
            }
        }

        AssertCircuitIsClosed();
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid()));
        Assert.Single(cloud.Connections("fcm").Distinct());
    }

    [Fact]
    public async Task A_request_for_a_token_that_hangs_is_given_up_and_the_next_push_asks_again()
    {
        await using var app = cloud.StartApp(settings => settings["Push:TimeoutSeconds"] = "1");
        var senders = (PushSenders)app.GetService(typeof(PushSenders))!;
        using (SilentTokens())
        {
            // The clock of the test stands still: only the request's own time can end the wait.
            var result = await senders.SendAsync(cloud.ToAndroid(), Stop).WaitAsync(TestCloud.Patience, Stop);
            Assert.Equal("TokenEndpointUnavailable", Assert.IsType<PushResult.Unavailable>(result).Reason);
        }

        Assert.IsType<PushResult.Accepted>(await senders.SendAsync(cloud.ToAndroid(), Stop));
        AssertCircuitIsClosed();
    }

    [Fact]
    public async Task A_failure_to_get_a_token_is_not_remembered()
    {
        using (cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "token", Drop = true }))
        {
            Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToAndroid()));
        }

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid()));
    }

    private IDisposable SilentTokens() => cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "token", Silence = true });

    private Task AskedForTokensAsync(int times) => cloud.Traffic.WaitAsync(
        () => cloud.Traffic.Seen.Count(request => request.Operation == "token") >= times, Stop);

    /// <summary>The push's own time was over, or that of the request that pushes share.</summary>
    private static void AssertNoToken(PushResult result) =>
        Assert.Contains(Assert.IsType<PushResult.Unavailable>(result).Reason, (string[])["TokenTimedOut", "TokenEndpointUnavailable"]);

    private void AssertCircuitIsClosed() =>
        Assert.DoesNotContain(cloud.Metrics, metric => metric.StartsWith("bloksec.push.circuit_opened", StringComparison.Ordinal));
}
