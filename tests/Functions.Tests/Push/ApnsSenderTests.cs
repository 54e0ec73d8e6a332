using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Push;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;
using Microsoft.Extensions.Logging;

namespace BlokSec.Functions.Tests.Push;

public sealed class ApnsSenderTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task An_accepted_push_reaches_the_phone_as_an_alert_that_also_wakes_the_app()
    {
        var result = await cloud.SendAsync(cloud.ToApple());

        Assert.Equal(PushCloud.PushId, Assert.IsType<PushResult.Accepted>(result).ProviderMessageId);
        var push = Assert.Single(cloud.Apns.Accepted);
        Assert.Equal("alert", push.Headers["apns-push-type"]);
        Assert.Equal("10", push.Headers["apns-priority"]);
        Assert.Equal(PushCloud.Topic, push.Headers["apns-topic"]);
        Assert.Equal(PushCloud.PushId, push.Headers["apns-id"]);
        Assert.Equal($"{cloud.Time.GetUtcNow().AddDays(30).ToUnixTimeSeconds()}", push.Headers["apns-expiration"]);
        Assert.Equal("revoke-ZGV2aWNlLXRodW1icHJpbnQtb2YtNDMtY2hhcmFjdGVy", push.Headers["apns-collapse-id"]);
        Assert.Equal(1, push.Payload.GetProperty("aps").GetProperty("content-available").GetInt32());
    }

    [Theory]
    [InlineData(400, "BadDeviceToken", "HandleDead", false)]
    [InlineData(400, "DeviceTokenNotForTopic", "HandleDead", true)]
    [InlineData(400, "TopicDisallowed", "HandleDead", true)]
    [InlineData(400, "PayloadEmpty", "Rejected", true)]
    [InlineData(400, "BadCollapseId", "Rejected", true)]
    [InlineData(400, "BadExpirationDate", "Rejected", true)]
    [InlineData(400, "BadMessageId", "Rejected", true)]
    [InlineData(400, "BadPriority", "Rejected", true)]
    [InlineData(400, "BadTopic", "Rejected", true)]
    [InlineData(400, "MissingTopic", "Rejected", true)]
    [InlineData(400, "MissingDeviceToken", "Rejected", true)]
    [InlineData(400, "InvalidPushType", "Rejected", true)]
    [InlineData(400, "DuplicateHeaders", "Rejected", true)]
    [InlineData(400, "IdleTimeout", "Unavailable", false)]
    [InlineData(400, "SomethingNew", "Rejected", true)]
    [InlineData(403, "ExpiredProviderToken", "Misconfigured", true)]
    [InlineData(403, "InvalidProviderToken", "Misconfigured", true)]
    [InlineData(403, "MissingProviderToken", "Misconfigured", true)]
    [InlineData(403, "Forbidden", "Misconfigured", true)]
    [InlineData(403, "BadCertificate", "Misconfigured", true)]
    [InlineData(403, "BadCertificateEnvironment", "Misconfigured", true)]
    [InlineData(404, "BadPath", "Rejected", true)]
    [InlineData(405, "MethodNotAllowed", "Rejected", true)]
    [InlineData(410, "Unregistered", "HandleDead", false)]
    [InlineData(410, "ExpiredToken", "HandleDead", false)]
    [InlineData(413, "PayloadTooLarge", "Rejected", true)]
    [InlineData(429, "TooManyRequests", "Throttled", false)]
    [InlineData(429, "TooManyProviderTokenUpdates", "Throttled", true)]
    [InlineData(500, "InternalServerError", "Unavailable", false)]
    [InlineData(503, "ServiceUnavailable", "Unavailable", false)]
    [InlineData(503, "Shutdown", "Unavailable", false)]
    public async Task Each_answer_of_Apple_has_its_meaning(int status, string reason, string outcome, bool alert)
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = status, Reason = reason });

        var result = await cloud.SendAsync(cloud.ToApple());

        Assert.Equal(outcome, result.GetType().Name);
        Assert.Equal(reason, result.Reason);
        Assert.Equal(alert, result.Alert);
        Assert.NotEmpty(result.Explanation);
        Assert.Empty(cloud.Apns.Accepted);
        Assert.Equal(alert, cloud.Logs.Entries.Any(entry => entry.Level == LogLevel.Error));
    }

    [Theory]
    [InlineData(429, "TooManyRequests", "120", 120)]
    [InlineData(429, "TooManyRequests", "Sun, 01 Mar 2026 12:10:00 GMT", 600)]
    [InlineData(429, "TooManyRequests", null, 60)]
    [InlineData(429, "TooManyProviderTokenUpdates", null, 1200)]
    [InlineData(503, "ServiceUnavailable", "30", 30)]
    [InlineData(503, "ServiceUnavailable", "Sun, 01 Mar 2026 12:00:05 GMT", 5)]
    [InlineData(503, "ServiceUnavailable", "Sun, 01 Mar 2020 12:00:05 GMT", 0)]
    [InlineData(503, "ServiceUnavailable", null, null)]
    [InlineData(403, "InvalidProviderToken", null, 30)]
    public async Task The_time_to_come_back_is_kept(int status, string reason, string? retryAfter, int? seconds)
    {
        cloud.Traffic.Add(new FaultRule
        {
            StandIn = "apns",
            Status = status,
            Reason = reason,
            Headers = retryAfter is null ? null : new Dictionary<string, string> { ["Retry-After"] = retryAfter },
        });

        var when = await cloud.SendAsync(cloud.ToApple()) switch
        {
            PushResult.Throttled throttled => throttled.Until,
            PushResult.Unavailable unavailable => unavailable.RetryAfter,
            PushResult.Misconfigured misconfigured => misconfigured.RetryAfter,
            _ => null,
        };

        Assert.Equal(seconds is { } wait ? cloud.Time.GetUtcNow().AddSeconds(wait) : null, when);
    }

    [Theory]
    [InlineData(400, "<html>Bad Request</html>", "Rejected")]
    [InlineData(410, "", "HandleDead")]
    [InlineData(418, "[]", "Rejected")]
    [InlineData(302, "", "Unavailable")]
    [InlineData(502, "<html>Bad Gateway</html>", "Unavailable")]
    [InlineData(503, "{\"reason\":5}", "Unavailable")]
    public async Task Answers_that_cannot_be_read_never_kill_a_handle_by_themselves(int status, string body, string outcome)
    {
        cloud.Traffic.Add(new FaultRule { StandIn = "apns", Status = status, Body = body });

        var result = await cloud.SendAsync(cloud.ToApple());

        Assert.Equal(outcome, result.GetType().Name);
        Assert.Equal($"Status{status}", result.Reason);
    }

    [Fact]
    public async Task A_deleted_app_is_dead_since_the_time_that_Apple_says()
    {
        var deletedAt = cloud.Time.GetUtcNow().AddDays(-1);
        cloud.Apns.Unregister(PushCloud.ApnsToken, ApnsEnvironment.Production, deletedAt);

        var result = await cloud.SendAsync(cloud.ToApple());

        Assert.Equal(deletedAt, Assert.IsType<PushResult.HandleDead>(result).Since);
    }

    [Fact]
    public async Task A_handle_that_was_registered_after_the_time_that_Apple_says_is_tried_again()
    {
        var push = cloud.ToApple();
        cloud.Apns.Unregister(PushCloud.ApnsToken, ApnsEnvironment.Production, push.Handle.RegisteredAt.AddSeconds(-1));

        Assert.IsType<PushResult.Unavailable>(await cloud.SendAsync(push));
    }

    [Fact]
    public async Task A_sandbox_handle_goes_to_the_sandbox()
    {
        var token = new string('a', 64);
        cloud.Apns.Register(token, ApnsEnvironment.Sandbox, _ => Task.CompletedTask);

        Assert.IsType<PushResult.Accepted>(await cloud.SendAsync(cloud.ToApple(token, PushEnvironment.Sandbox)));
        Assert.Equal("BadDeviceToken", (await cloud.SendAsync(cloud.ToApple(token))).Reason);
    }

    [Fact]
    public async Task A_payload_that_is_too_large_is_rejected_without_being_sent()
    {
        var result = await cloud.SendAsync(cloud.ToApple() with { Statement = new string('s', 4096) });

        Assert.Equal("PayloadTooLarge", Assert.IsType<PushResult.Rejected>(result).Reason);
        Assert.True(result.Alert);
        Assert.Equal(0, cloud.Sends("apns"));
    }

    [Fact]
    public async Task The_payload_names_the_registration_that_ended()
    {
        await cloud.SendAsync(cloud.ToApple());

        var payload = cloud.Apns.Accepted[0].Payload;
        Assert.Equal(JsonValueKind.Number, payload.GetProperty("epoch").ValueKind);
        Assert.Equal("acme", payload.GetProperty("tenant").GetString());
    }
}
