using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Push;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Push;

public sealed class FcmSenderTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task An_accepted_push_has_the_id_that_Google_gave_it()
    {
        var result = await cloud.SendAsync(cloud.ToAndroid());

        var push = Assert.Single(cloud.Fcm.Accepted);
        Assert.Equal(push.Id, Assert.IsType<PushResult.Accepted>(result).ProviderMessageId);
        Assert.StartsWith($"projects/{PushCloud.ProjectId}/messages/", push.Id, StringComparison.Ordinal);
        Assert.False(push.Payload.TryGetProperty("notification", out _));
    }

    [Fact]
    public async Task An_installation_id_is_addressed_as_fid()
    {
        cloud.Fcm.Register("dQw4w9WgXcQ-abcdefghij", _ => Task.CompletedTask);

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid("dQw4w9WgXcQ-abcdefghij", PushHandleKind.FcmFid)));
        Assert.True(cloud.Fcm.Accepted[0].Payload.TryGetProperty("fid", out _));
    }

    [Fact]
    public async Task An_iPhone_with_a_handle_of_Google_gets_an_alert_that_iOS_shows()
    {
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToIphoneByGoogle()));

        var seen = PushMessage.FromFcmOnIos(cloud.Fcm.Accepted[0].Payload);
        Assert.Equal(new PushAlert(RevokePush.Title, RevokePush.Body), seen.SystemAlert);
        Assert.True(seen.RunsApp);
        Assert.Equal(("device-revoked", "acme", "7"), (seen.Value("type"), seen.Value("tenant"), seen.Value("epoch")));
        Assert.NotNull(seen.Value("statement"));
        Assert.Equal("revoke-ZGV2aWNlLXRodW1icHJpbnQtb2YtNDMtY2hhcmFjdGVy", seen.CollapseId);
    }

    [Fact]
    public async Task A_message_to_an_Android_phone_shows_nothing_on_an_iPhone()
    {
        await cloud.SendAsync(cloud.ToAndroid());

        var seen = PushMessage.FromFcmOnIos(cloud.Fcm.Accepted[0].Payload);
        Assert.Equal((null, false), (seen.SystemAlert, seen.RunsApp));
    }

    [Fact]
    public async Task A_payload_for_an_iPhone_that_Apple_would_not_take_is_not_sent()
    {
        var large = cloud.ToIphoneByGoogle() with { Statement = new string('s', 3600) };

        Assert.Equal("PayloadTooLarge", Assert.IsType<PushResult.Rejected>(await cloud.SendAsync(large)).Reason);
        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(large with { Platform = DevicePlatform.Android }));
    }

    [Theory]
    [InlineData(404, "UNREGISTERED", "HandleDead", false)]
    [InlineData(400, "INVALID_ARGUMENT", "HandleDead", false)]
    [InlineData(400, "BadRequest", "Rejected", true)]
    [InlineData(403, "SENDER_ID_MISMATCH", "HandleDead", true)]
    [InlineData(429, "QUOTA_EXCEEDED", "Throttled", false)]
    [InlineData(429, "RESOURCE_EXHAUSTED", "Throttled", false)]
    [InlineData(503, "UNAVAILABLE", "Unavailable", false)]
    [InlineData(500, "INTERNAL", "Unavailable", false)]
    [InlineData(401, "THIRD_PARTY_AUTH_ERROR", "Misconfigured", true)]
    [InlineData(401, "UNAUTHENTICATED", "Misconfigured", true)]
    [InlineData(403, "PERMISSION_DENIED", "Misconfigured", true)]
    [InlineData(404, "NOT_FOUND", "Misconfigured", true)]
    [InlineData(500, "UNSPECIFIED_ERROR", "Unavailable", false)]
    [InlineData(400, "UNSPECIFIED_ERROR", "Unavailable", false)]
    [InlineData(409, "ABORTED", "Rejected", true)]
    public async Task Each_answer_of_Google_has_its_meaning(int status, string reason, string outcome, bool alert)
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = status, Reason = reason });

        var result = await cloud.SendAsync(cloud.ToAndroid());

        Assert.Equal(outcome, result.GetType().Name);
        Assert.Equal(reason == "BadRequest" ? "INVALID_ARGUMENT" : reason, result.Reason);
        Assert.Equal(alert, result.Alert);
        Assert.NotEmpty(result.Explanation);
        Assert.Empty(cloud.Fcm.Accepted);
        Assert.Equal(alert, cloud.Logs.Entries.Any(entry => entry.Level == LogLevel.Error));
    }

    [Theory]
    [InlineData(429, "QUOTA_EXCEEDED", "120", 120)]
    [InlineData(429, "QUOTA_EXCEEDED", "5", 60)]
    [InlineData(429, "QUOTA_EXCEEDED", null, 60)]
    [InlineData(429, "QUOTA_EXCEEDED", "Sun, 01 Mar 2026 12:10:00 GMT", 600)]
    [InlineData(503, "UNAVAILABLE", "30", 30)]
    [InlineData(503, "UNAVAILABLE", "Sun, 01 Mar 2026 12:00:05 GMT", 5)]
    [InlineData(503, "UNAVAILABLE", null, null)]
    [InlineData(503, "UNAVAILABLE", "soon", null)]
    public async Task The_time_to_come_back_is_kept(int status, string reason, string? retryAfter, int? seconds)
    {
        cloud.Traffic.Add(new FaultRule
        {
            StandIn = "fcm",
            Operation = "send",
            Status = status,
            Reason = reason,
            Headers = retryAfter is null ? null : new Dictionary<string, string> { ["Retry-After"] = retryAfter },
        });

        var result = await cloud.SendAsync(cloud.ToAndroid());

        var when = result is PushResult.Throttled throttled ? throttled.Until : ((PushResult.Unavailable)result).RetryAfter;
        Assert.Equal(seconds is { } wait ? cloud.Time.GetUtcNow().AddSeconds(wait) : null, when);
    }

    [Theory]
    [InlineData(200, "<html>Please sign in</html>", "Unavailable")]
    [InlineData(400, "<html>Bad Request</html>", "Rejected")]
    [InlineData(404, "<html>Not Found</html>", "Misconfigured")]
    [InlineData(404, "{\"error\":{\"details\":[{\"@type\":\"type.googleapis.com/google.firebase.fcm.v1.FcmError\"}]}}", "Misconfigured")]
    [InlineData(502, "", "Unavailable")]
    [InlineData(503, "{\"error\":[]}", "Unavailable")]
    public async Task Answers_that_cannot_be_read_never_kill_a_handle(int status, string body, string outcome)
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Status = status, Body = body });

        Assert.Equal(outcome, (await cloud.SendAsync(cloud.ToAndroid())).GetType().Name);
    }

    [Fact]
    public async Task A_deleted_app_is_a_dead_handle()
    {
        cloud.Fcm.Unregister(PushCloud.FcmToken, cloud.Time.GetUtcNow());

        Assert.Equal("UNREGISTERED", Assert.IsType<PushResult.HandleDead>(await cloud.SendAsync(cloud.ToAndroid())).Reason);
    }

    [Fact]
    public async Task A_malformed_handle_is_dead()
    {
        Assert.IsType<PushResult.HandleDead>(await cloud.SendAsync(cloud.ToAndroid("not a token")));
    }

    [Fact]
    public async Task Data_that_is_too_large_is_rejected_without_being_sent()
    {
        var result = await cloud.SendAsync(cloud.ToAndroid() with { Statement = new string('s', 4096) });

        Assert.Equal("PayloadTooLarge", Assert.IsType<PushResult.Rejected>(result).Reason);
        Assert.Equal(0, cloud.Sends("fcm"));
    }

    [Fact]
    public async Task A_broken_connection_is_an_unknown_outcome()
    {
        using (cloud.Traffic.Add(new FaultRule { StandIn = "fcm", Operation = "send", Drop = true }))
        {
            Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(cloud.ToAndroid()));
        }

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToAndroid()));
    }

    [Fact]
    public async Task No_more_pushes_are_in_flight_than_the_options_allow()
    {
        await using var app = cloud.StartApp(settings => settings["Push:InFlight"] = "3");
        var senders = (PushSenders)app.GetService(typeof(PushSenders))!;
        var (now, most) = (0, 0);
        cloud.Traffic.Hook = (request, stage) =>
        {
            if (request.Operation == "send")
            {
                most = Math.Max(most, stage == FaultStage.Before ? Interlocked.Increment(ref now) : Interlocked.Decrement(ref now) + 1);
            }

            return Task.CompletedTask;
        };

        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => senders.SendAsync(cloud.ToAndroid(), TestContext.Current.CancellationToken)));

        Assert.InRange(most, 1, 3);
        Assert.Equal(60, cloud.Fcm.Accepted.Count);
    }
}
