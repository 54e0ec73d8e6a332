using System.Net;
using BlokSec.Local.Apns;
using BlokSec.Local.Faults;

namespace BlokSec.Local.Tests.Apns;

public sealed class ApnsStandInTests : IAsyncLifetime
{
    private readonly ApnsTarget target = new();

    public ValueTask InitializeAsync() => target.StartAsync();

    public ValueTask DisposeAsync() => target.DisposeAsync();

    [Fact]
    public async Task A_good_push_is_answered_with_its_id_and_delivered()
    {
        using var response = await target.SendAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["8f14e45f-ceea-467f-ab4b-1b5d9c1d2e3f"], response.Headers.GetValues("apns-id"));
        await target.Apns.DeliveredAsync();
        Assert.Equal(ApnsTarget.Payload, Assert.Single(target.Delivered).Text);
        Assert.False(target.Delivered[0].Headers.ContainsKey("authorization"));
    }

    [Theory]
    [InlineData("apns-id", "8F14E45F-CEEA-467F-AB4B-1B5D9C1D2E3F", 400, "BadMessageId")]
    [InlineData("apns-topic", null, 400, "MissingTopic")]
    [InlineData("apns-topic", "no topic", 400, "BadTopic")]
    [InlineData("apns-topic", "io.other.app", 400, "DeviceTokenNotForTopic")]
    [InlineData("apns-push-type", "loud", 400, "InvalidPushType")]
    [InlineData("apns-push-type", "background", 400, "InvalidPushType")]
    [InlineData("apns-priority", "11", 400, "BadPriority")]
    [InlineData("apns-expiration", "tomorrow", 400, "BadExpirationDate")]
    [InlineData("apns-collapse-id", "0123456789012345678901234567890123456789012345678901234567890123456789", 400, "BadCollapseId")]
    [InlineData("authorization", null, 403, "MissingProviderToken")]
    [InlineData("authorization", "bearer a.b.c", 403, "InvalidProviderToken")]
    [InlineData("authorization", "basic abc", 403, "InvalidProviderToken")]
    public async Task Headers_are_checked(string header, string? value, int status, string reason)
    {
        using var response = await target.SendAsync(headers => headers[header] = value);

        await ApnsTarget.AssertAsync(response, status, reason);
        Assert.Empty(target.Apns.Accepted);
    }

    [Theory]
    [InlineData("", 400, "PayloadEmpty")]
    [InlineData("{}", 400, "PayloadEmpty")]
    [InlineData("{\"aps\":{\"content-available\":1}}", 400, "InvalidPushType")]
    public async Task The_payload_is_checked(string payload, int status, string reason)
    {
        using var response = await target.SendAsync(payload: payload);

        await ApnsTarget.AssertAsync(response, status, reason);
    }

    [Fact]
    public async Task A_payload_larger_than_4096_bytes_is_refused()
    {
        using var response = await target.SendAsync(payload: ApnsTarget.Payload.PadRight(4097));

        await ApnsTarget.AssertAsync(response, 413, "PayloadTooLarge");
    }

    [Theory]
    [InlineData("POST", "/3/device/", 400, "MissingDeviceToken")]
    [InlineData("POST", "/3/devices/abc", 404, "BadPath")]
    [InlineData("PUT", "/3/device/abc", 405, "MethodNotAllowed")]
    [InlineData("POST", "/4/broadcasts/apps/io.bloksec.app", 501, "TheStandInHasNoChannels")]
    [InlineData("GET", "/1/apps/io.bloksec.app/all-channels", 501, "TheStandInHasNoChannels")]
    [InlineData("POST", "/3/device/xyz", 400, "BadDeviceToken")]
    [InlineData("POST", "/3/device/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", 400, "BadDeviceToken")]
    public async Task Method_and_path_are_checked(string method, string path, int status, string reason)
    {
        using var response = await target.SendAsync(method: method, path: path);

        await ApnsTarget.AssertAsync(response, status, reason);
    }

    [Fact]
    public async Task A_production_token_is_bad_in_the_sandbox()
    {
        using var response = await target.SendAsync(address: target.Apns.Sandbox);

        await ApnsTarget.AssertAsync(response, 400, "BadDeviceToken");
    }

    [Fact]
    public async Task A_deleted_app_is_gone_since_then()
    {
        target.Apns.Unregister(ApnsTarget.Token, ApnsEnvironment.Production, target.Time.GetUtcNow().AddDays(-1));

        using var response = await target.SendAsync();

        var body = await ApnsTarget.AssertAsync(response, 410, "Unregistered");
        Assert.Equal(target.Time.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds(), body.GetProperty("timestamp").GetInt64());
    }

    [Fact]
    public async Task A_phone_that_is_offline_gets_only_the_last_push_when_it_is_back()
    {
        target.Apns.SetOnline(ApnsTarget.Token, ApnsEnvironment.Production, online: false);
        for (var count = 1; count <= 3; count++)
        {
            var id = $"00000000-0000-0000-0000-00000000000{count}";
            using var response = await target.SendAsync(headers => headers["apns-id"] = id);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await target.Apns.DeliveredAsync();
        Assert.Empty(target.Delivered);
        target.Apns.SetOnline(ApnsTarget.Token, ApnsEnvironment.Production, online: true);
        await target.Apns.DeliveredAsync();

        Assert.Equal("00000000-0000-0000-0000-000000000003", Assert.Single(target.Delivered).Id);
    }

    [Theory]
    [InlineData("0")]
    [InlineData(null)]
    [InlineData("1772366460")]
    public async Task A_push_that_has_expired_is_not_delivered(string? expiration)
    {
        target.Apns.SetOnline(ApnsTarget.Token, ApnsEnvironment.Production, online: false);
        using var response = await target.SendAsync(headers => headers["apns-expiration"] = expiration);
        target.Time.Advance(TimeSpan.FromMinutes(2));

        target.Apns.SetOnline(ApnsTarget.Token, ApnsEnvironment.Production, online: true);
        await target.Apns.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(target.Delivered);
    }

    [Theory]
    [InlineData(true, false, 0)]
    [InlineData(false, true, 2)]
    public async Task Pushes_are_lost_or_doubled_on_demand(bool lose, bool duplicate, int arrivals)
    {
        target.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Contains = ApnsTarget.Token, Lose = lose, Duplicate = duplicate });

        using var response = await target.SendAsync();
        await target.Apns.DeliveredAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(arrivals, target.Delivered.Count);
        Assert.Single(target.Apns.Accepted);
    }

    [Theory]
    [InlineData(400, "TopicDisallowed")]
    [InlineData(503, "Shutdown")]
    public async Task Any_answer_of_Apple_is_given_on_demand(int status, string reason)
    {
        target.Traffic.Add(new FaultRule { StandIn = "apns", Status = status, Reason = reason });

        using var response = await target.SendAsync();

        await ApnsTarget.AssertAsync(response, status, reason);
        Assert.True(response.Headers.Contains("apns-id"));
    }
}
