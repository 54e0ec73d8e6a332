using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Keys;
using Microsoft.AspNetCore.Http;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>Events that are pushed (RFC 8935), to a receiver of every temper.</summary>
public sealed class DeliverEventTests(OpenCloud cloud) : IClassFixture<OpenCloud>, IAsyncLifetime
{
    private const string Secret = "Bearer a-secret-of-the-receiver";

    private EventReceiver endpoint = null!;
    private Receiver receiver = null!;

    private TestCloud Test => cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        endpoint = await EventReceiver.StartAsync();
        receiver = Receiver.Of(cloud, Receiver.NewClientId());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in (await receiver.SendAsync(HttpMethod.Get, "configuration_endpoint")).Json.EnumerateArray())
        {
            await receiver.SendAsync(HttpMethod.Delete, "configuration_endpoint", query: $"?stream_id={stream.GetProperty("stream_id").GetString()}");
        }

        await endpoint.DisposeAsync();
    }

    [Fact]
    public async Task A_stolen_phone_is_told_at_once_as_compromised_and_revoked_and_ends_all_sessions()
    {
        var streamId = await PushedAsync(Receiver.SessionRevoked, Receiver.CredentialChange, "https://schemas.openid.net/secevent/risc/event-type/credential-compromise");
        var user = await Test.NewUserAsync(phones: 1);

        await RemoveAsync(user, lostSince: "2026-01-01T00:00:00Z");

        var got = await endpoint.GotAsync(Test, 3);
        var events = await Task.WhenAll(got.Select(one => receiver.VerifyAsync(one.Set)));
        Assert.Equal(["credential-compromise", "credential-change", "session-revoked"], events.Select(one => one.Name));
        Assert.All(got, one => Assert.Equal(
            ("application/secevent+jwt", "application/json", Secret), (one.ContentType, one.Accept, one.Authorization)));
        Assert.Equal(1_767_225_600, events[0].Event.GetProperty("event_timestamp").GetInt64());
        var shown = await ShownAsync(streamId, 3, "delivered");
        Assert.DoesNotContain("a-secret", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", (await receiver.SendAsync(HttpMethod.Get, "configuration_endpoint", query: $"?stream_id={streamId}")).Text, StringComparison.Ordinal);
        Assert.All(Test.Logs.Lines, line => Assert.DoesNotContain("a-secret", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unregistering_all_is_one_event_for_each_phone_and_the_end_of_all_sessions_and_a_claim_is_a_new_credential()
    {
        await PushedAsync();
        var user = await Test.NewUserAsync(phones: 3);

        var unregistration = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/unregistration", $$"""{"confirmation":"{{ConfirmationPhrases.UnregisterAllDevices}}"}""");
        Assert.Equal(202, unregistration.Status);
        var link = await Test.UntilAsync(
            async () => await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"users/{user.UserId}/claim") is { Status: 200 } shown
                && shown.Json.TryGetProperty("link", out var text) ? text.GetString() : null,
            "there is a claim");
        Assert.True(ClaimLink.TryParse(link, out var claim));
        var got = await endpoint.GotAsync(Test, 4);
        Assert.Equal(
            ["credential-change", "credential-change", "credential-change", "session-revoked"],
            (await Task.WhenAll(got.Select(one => receiver.VerifyAsync(one.Set)))).Select(one => one.Name));

        await Test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), claim.Code);
        var created = await receiver.VerifyAsync((await endpoint.GotAsync(Test, 5))[4].Set);
        Assert.Equal(("credential-change", "create"), (created.Name, created.Event.GetProperty("change_type").GetString()));
        await Test.AtRestAsync(user);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(307)]
    public async Task I4_A_receiver_that_is_out_gets_the_same_token_again_in_order(int status)
    {
        var streamId = await PushedAsync();
        endpoint.Answer = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = "/elsewhere";
            return Task.FromResult(true);
        };
        await RemoveAsync(await Test.NewUserAsync(phones: 1));
        await endpoint.GotAsync(Test, 1);
        await StateAsync(streamId, one => one.GetProperty("attempts").GetInt32() >= 1);
        endpoint.Answer = null;

        await PassAsync(TimeSpan.FromSeconds(20));

        var got = await endpoint.GotAsync(Test, 3);
        Assert.All(got, one => Assert.Equal("/events", one.Path));
        var events = await Task.WhenAll(got.Select(one => receiver.VerifyAsync(one.Set)));
        Assert.Equal(["credential-change", "credential-change", "session-revoked"], events.Select(one => one.Name));
        Assert.Equal(events[0].Id, events[1].Id);
        await ShownAsync(streamId, 2, "delivered");
    }

    [Theory]
    [InlineData("invalid_request")]
    [InlineData("invalid_audience")]
    public async Task An_event_that_the_receiver_does_not_want_is_shown_and_holds_up_no_other(string err)
    {
        var streamId = await PushedAsync();
        endpoint.Answer = async (context, _) =>
        {
            context.Response.StatusCode = 400;
            context.Response.Headers.ContentLanguage = "en";
            await context.Response.WriteAsJsonAsync(new { err, description = "We do not want it.\u202e" }, Stop);
            return true;
        };

        await RemoveAsync(await Test.NewUserAsync(phones: 1));

        await endpoint.GotAsync(Test, 2);
        var shown = await ShownAsync(streamId, 2, "refused");
        Assert.Contains($"The receiver answered 400 {err}: We do not want it.", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_slow_or_answers_without_end_costs_its_own_time_only()
    {
        var slow = await PushedAsync();
        await using var other = await EventReceiver.StartAsync();
        var good = Receiver.Of(cloud, Receiver.NewClientId());
        await good.CreatedAsync(new { method = Receiver.Push, endpoint_url = other.Address });
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        endpoint.Answer = async (context, _) =>
        {
            context.Response.StatusCode = 400;
            context.Response.ContentType = "application/json";
            try
            {
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await context.Response.WriteAsync(new string(' ', 10_000), context.RequestAborted);
                }
            }
            catch (OperationCanceledException)
            {
            }

            ended.TrySetResult();
            return true;
        };

        await RemoveAsync(await Test.NewUserAsync(phones: 1));

        await other.GotAsync(Test, 2);
        await ended.Task.WaitAsync(TestCloud.Patience, Stop);
        await ShownAsync(slow, 2, "refused");
    }

    [Fact]
    public async Task What_is_held_while_the_stream_is_paused_comes_in_its_order_afterwards_and_the_receiver_is_told_by_an_administrator()
    {
        var streamId = await PushedAsync();
        Assert.Equal(200, (await cloud.Api.SendAsync(ManagerToken(), HttpMethod.Put, $"signals/streams/{streamId}/status", """{"status":"paused","reason":"We look into it"}""")).Status);
        var told = await receiver.VerifyAsync((await endpoint.GotAsync(Test, 1))[0].Set);
        Assert.Equal(("stream-updated", "paused"), (told.Name, told.Event.GetProperty("status").GetString()));
        Assert.Equal(("opaque", streamId), (told.Claims.GetProperty("sub_id").GetProperty("format").GetString(), told.Claims.GetProperty("sub_id").GetProperty("id").GetString()));

        var user = await Test.NewUserAsync(phones: 2);
        await RemoveAsync(user);
        await RemoveAsync(user, phone: 1);
        await Test.AtRestAsync(user);
        Assert.Single(endpoint.Received);

        Assert.Equal(200, (await cloud.Api.SendAsync(ManagerToken(), HttpMethod.Put, $"signals/streams/{streamId}/status", """{"status":"enabled"}""")).Status);
        var events = await Task.WhenAll((await endpoint.GotAsync(Test, 6)).Select(one => receiver.VerifyAsync(one.Set)));
        Assert.Equal(
            ["stream-updated", "credential-change", "session-revoked", "credential-change", "session-revoked", "stream-updated"], events.Select(one => one.Name));
    }

    [Fact]
    public async Task What_happens_while_the_stream_is_disabled_is_never_sent()
    {
        var streamId = await PushedAsync();
        var user = await Test.NewUserAsync(phones: 2);
        await StatusAsync(streamId, "disabled");
        await RemoveAsync(user);
        await Test.AtRestAsync(user);

        await StatusAsync(streamId, "enabled");
        await RemoveAsync(user, phone: 1);

        await Test.UntilAsync(() => Task.FromResult(endpoint.Received.DistinctBy(one => one.Set).Count() < 2 ? null : endpoint), "two events arrived");
        await Test.AtRestAsync(user);
        // On a busy machine, an answer may come so late that the same event is sent again.
        var events = await Task.WhenAll(endpoint.Received.DistinctBy(one => one.Set).Select(one => receiver.VerifyAsync(one.Set)));
        Assert.Equal(["credential-change", "session-revoked"], events.Select(one => one.Name));
    }

    [Fact]
    public async Task An_event_is_given_up_after_days_and_an_administrator_has_it_sent_again()
    {
        var streamId = await PushedAsync(Receiver.SessionRevoked);
        endpoint.Answer = (context, _) =>
        {
            context.Response.StatusCode = 503;
            return Task.FromResult(true);
        };
        await RemoveAsync(await Test.NewUserAsync(phones: 1));
        await endpoint.GotAsync(Test, 1);
        await StateAsync(streamId, one => one.GetProperty("attempts").GetInt32() >= 1);
        await PassAsync(TimeSpan.FromDays(8));
        var shown = await ShownAsync(streamId, 1, "givenUp");
        endpoint.Answer = null;

        var eventId = shown.Json.GetProperty("events")[0].GetProperty("eventId").GetString();
        Assert.Equal(403, (await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Post, $"signals/streams/{streamId}/events/{eventId}/delivery")).Status);
        Assert.Equal(202, (await cloud.Api.SendAsync(ManagerToken(), HttpMethod.Post, $"signals/streams/{streamId}/events/{eventId}/delivery")).Status);

        await ShownAsync(streamId, 1, "delivered");
        var ids = await Task.WhenAll(endpoint.Received.Select(async one => (await receiver.VerifyAsync(one.Set)).Id));
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task A_stream_is_verified_and_not_more_often_than_agreed()
    {
        var streamId = await PushedAsync();
        Assert.Equal(204, (await receiver.SendAsync(HttpMethod.Post, "verification_endpoint", new { stream_id = streamId, state = "VGhpcyBpcyBh" })).Status);

        var verified = await receiver.VerifyAsync((await endpoint.GotAsync(Test, 1))[0].Set);
        Assert.Equal(("verification", "VGhpcyBpcyBh"), (verified.Name, verified.Event.GetProperty("state").GetString()));
        Assert.Equal(streamId, verified.Claims.GetProperty("sub_id").GetProperty("id").GetString());
        var refused = await receiver.SendAsync(HttpMethod.Post, "verification_endpoint", new { stream_id = streamId });
        refused.Problem(429, ProblemCodes.TooManyRequests);
        Assert.NotNull(refused.Headers.RetryAfter);
        Test.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(204, (await receiver.SendAsync(HttpMethod.Post, "verification_endpoint", new { stream_id = streamId })).Status);
        Assert.False((await receiver.VerifyAsync((await endpoint.GotAsync(Test, 2))[1].Set)).Event.TryGetProperty("state", out _));
        await StatusAsync(streamId, "paused");
        Assert.Equal(400, (await receiver.SendAsync(HttpMethod.Post, "verification_endpoint", new { stream_id = streamId })).Status);
    }

    [Fact]
    public async Task I3_What_was_committed_while_the_bus_was_out_is_sent_later_by_itself()
    {
        await PushedAsync();
        var user = await Test.NewUserAsync(phones: 1);
        var key = user.DidKey();
        using (Test.BusOut())
        {
            Assert.Equal(201, (await Test.RestoreAsync(user.NewSigner(), key)).Status);
        }

        await PassAsync(TimeSpan.FromMinutes(3));
        Assert.True(await Test.Cloud.Host.RunTimerAsync("ResumeSignals"));

        var created = await receiver.VerifyAsync((await endpoint.GotAsync(Test, 1))[0].Set);
        Assert.Equal("create", created.Event.GetProperty("change_type").GetString());
    }

    [Fact]
    public async Task A_subject_that_was_taken_out_is_told_of_no_more_until_it_is_put_in_again()
    {
        var streamId = await PushedAsync(Receiver.SessionRevoked);
        var (gone, kept) = (await Test.NewUserAsync(phones: 2), await Test.NewUserAsync(phones: 1));
        var subject = new { format = "iss_sub", iss = receiver.Issuer, sub = gone.UserId };
        Assert.Equal(204, (await receiver.SendAsync(HttpMethod.Post, "remove_subject_endpoint", new { stream_id = streamId, subject })).Status);
        Assert.Equal(204, (await receiver.SendAsync(HttpMethod.Post, "remove_subject_endpoint", new { stream_id = streamId, subject = new { format = "email", email = "nobody@nowhere.example" } })).Status);

        await RemoveAsync(gone);
        await Test.AtRestAsync(gone);
        await RemoveAsync(kept);
        await endpoint.GotAsync(Test, 1);
        Assert.Equal(200, (await receiver.SendAsync(HttpMethod.Post, "add_subject_endpoint", new { stream_id = streamId, subject })).Status);
        await RemoveAsync(gone, phone: 1);

        await endpoint.GotAsync(Test, 2);
        await Test.AtRestAsync(gone);
        Assert.Equal(2, endpoint.Received.Count);
    }

    [Fact]
    public async Task A_suspended_user_is_a_disabled_account_and_a_reactivated_one_enabled()
    {
        await PushedAsync("https://schemas.openid.net/secevent/risc/event-type/account-disabled", "https://schemas.openid.net/secevent/risc/event-type/account-enabled");
        var user = await Test.NewUserAsync(phones: 1);

        Assert.InRange((await cloud.Api.SendAsync(ManagerToken(), HttpMethod.Post, $"users/{user.UserId}/suspension", """{"reason":"On leave"}""")).Status, 200, 204);
        Assert.Equal("account-disabled", (await receiver.VerifyAsync((await endpoint.GotAsync(Test, 1))[0].Set)).Name);
        Assert.InRange((await cloud.Api.SendAsync(ManagerToken(), HttpMethod.Post, $"users/{user.UserId}/reactivation", """{"reason":"Back"}""")).Status, 200, 204);
        Assert.Equal("account-enabled", (await receiver.VerifyAsync((await endpoint.GotAsync(Test, 2))[1].Set)).Name);
    }

    private string ManagerToken() => cloud.Issuer.Token(new TokenClaims { Roles = ["Users.Read", "Users.Manage", "Devices.Manage", "Applications.Manage"] });

    private Task<string> PushedAsync(params string[] events) => receiver.CreatedAsync(
        new { method = Receiver.Push, endpoint_url = endpoint.Address, authorization_header = Secret }, events);

    private async Task StatusAsync(string streamId, string status) =>
        Assert.Equal(200, (await receiver.SendAsync(HttpMethod.Post, "status_endpoint", new { stream_id = streamId, status })).Status);

    private async Task RemoveAsync(TestUser user, int phone = 0, string? lostSince = null)
    {
        var body = JsonSerializer.Serialize(new { confirmation = ConfirmationPhrases.RemoveDevice, lostSince });
        var answer = await cloud.Api.SendAsync(
            cloud.Admin, HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[phone]}/removal", body);
        Assert.True(answer.Status == 202, answer.Text);
    }

    private Task PassAsync(TimeSpan span)
    {
        Test.Time.Advance(span);
        Test.Cloud.ServiceBus.ClockMoved();
        return Task.CompletedTask;
    }

    private Task<RawAnswer> ShownAsync(string streamId, int count, string state) => Test.UntilAsync(
        async () => await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, $"signals/streams/{streamId}/events") is { } answer
            && answer.Json.GetProperty("events").EnumerateArray().ToArray() is { } events
            && events.Length == count && Array.TrueForAll(events, one => one.GetProperty("state").GetString() == state)
                ? answer
                : null,
        $"{count} events are {state}");

    private Task<RawAnswer> StateAsync(string streamId, Func<JsonElement, bool> isSo) => Test.UntilAsync(
        async () => await cloud.Api.SendAsync(cloud.Reader, HttpMethod.Get, $"signals/streams/{streamId}/events") is { } answer
            && answer.Json.GetProperty("events").EnumerateArray().Any(isSo)
                ? answer
                : null,
        "the attempt is recorded");
}
