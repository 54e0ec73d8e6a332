using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Signals;

/// <summary>Receivers that poll (RFC 8936), verified by a library that is not ours.</summary>
public sealed class PollEventsTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    private TestCloud Test => cloud.Test;

    [Fact]
    public async Task A_removed_phone_is_a_revoked_credential_and_the_end_of_all_sessions()
    {
        var clientId = Receiver.NewClientId();
        var receiver = Receiver.Of(cloud, clientId);
        var streamId = await receiver.CreatedAsync();
        var user = await Test.NewUserAsync(phones: 2);

        await RemoveAsync(user);

        var received = await receiver.FetchAsync(Test, streamId, 2);
        Assert.Equal(["credential-change", "session-revoked"], received.Select(one => one.Name));
        Assert.All(received, one =>
        {
            Assert.Equal(clientId, one.Claims.GetProperty("aud").GetString());
            Assert.Equal("email", one.Claims.GetProperty("sub_id").GetProperty("format").GetString());
            Assert.NotEmpty(one.Claims.GetProperty("sub_id").GetProperty("email").GetString()!);
            Assert.NotEmpty(one.Event.GetProperty("reason_admin").GetProperty("en").GetString()!);
            Assert.Equal("admin", one.Event.GetProperty("initiating_entity").GetString());
        });
        Assert.Equal(
            ("app", "revoke"),
            (received[0].Event.GetProperty("credential_type").GetString(), received[0].Event.GetProperty("change_type").GetString()));
        Assert.Single(received.Select(one => one.Claims.GetProperty("txn").GetString()).Distinct());
    }

    [Fact]
    public async Task Events_come_again_until_they_are_acknowledged_and_the_oldest_first()
    {
        var receiver = Receiver.Of(cloud, Receiver.NewClientId());
        var streamId = await receiver.CreatedAsync();
        await RemoveAsync(await Test.NewUserAsync(phones: 1));
        var all = await receiver.FetchAsync(Test, streamId, 2);

        Assert.Equal(all[0].Id, Assert.Single(await receiver.FetchAsync(streamId, maxEvents: 1)).Id);
        Assert.True((await receiver.PollAsync(streamId, new { maxEvents = 1, returnImmediately = true })).Json.GetProperty("moreAvailable").GetBoolean());
        Assert.Equal(all[1].Id, Assert.Single(await receiver.FetchAsync(streamId, ack: [all[0].Id])).Id);
        var last = await receiver.PollAsync(streamId, new
        {
            maxEvents = 0,
            setErrs = new Dictionary<string, object> { [all[1].Id] = new { err = "invalid_request", description = "We know no such user." } },
        });
        Assert.Equal(200, last.Status);
        Assert.Empty(await receiver.FetchAsync(streamId));

        var shown = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, $"signals/streams/{streamId}/events");
        Assert.Equal(["refused", "delivered"], shown.Json.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("state").GetString()));
        Assert.Contains("We know no such user.", shown.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_waits_for_an_event()
    {
        var receiver = Receiver.Of(cloud, Receiver.NewClientId());
        var streamId = await receiver.CreatedAsync();
        var user = await Test.NewUserAsync(phones: 1);
        var mark = Test.Traffic.Mark;
        var poll = receiver.FetchAsync(streamId, returnImmediately: false);
        await Test.UntilAsync(
            () => Task.FromResult(Test.Traffic.Since(mark).Count(seen => seen is { StandIn: "cosmos", Operation: "query" } && seen.Searchable.Contains(streamId, StringComparison.Ordinal)) > 1 ? Test : null),
            "the poll is held");

        await RemoveAsync(user);

        Assert.NotEmpty(await poll);
    }

    [Fact]
    public async Task I9_Nobody_polls_acknowledges_or_reads_the_stream_of_somebody_else()
    {
        var receiver = Receiver.Of(cloud, Receiver.NewClientId());
        var streamId = await receiver.CreatedAsync();
        await RemoveAsync(await Test.NewUserAsync(phones: 1));
        var events = await receiver.FetchAsync(Test, streamId, 2);
        var neighbour = Receiver.Of(cloud, Receiver.NewClientId(), "fabrikam");
        var own = await neighbour.CreatedAsync();
        var other = Receiver.Of(cloud, Receiver.NewClientId());
        var others = await other.CreatedAsync();

        foreach (var stranger in new[] { other, neighbour })
        {
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Get, "configuration_endpoint", query: $"?stream_id={streamId}")).Status);
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Get, "status_endpoint", query: $"?stream_id={streamId}")).Status);
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Post, "status_endpoint", new { stream_id = streamId, status = "disabled" })).Status);
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Patch, "configuration_endpoint", new { stream_id = streamId, description = "mine" })).Status);
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Put, "configuration_endpoint", new { stream_id = streamId, description = "mine" })).Status);
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Delete, "configuration_endpoint", query: $"?stream_id={streamId}")).Status);
            Assert.Equal(404, (await stranger.SendAsync(HttpMethod.Post, "verification_endpoint", new { stream_id = streamId })).Status);
            Assert.Equal(
                404,
                (await stranger.SendAsync(HttpMethod.Post, "remove_subject_endpoint", new { stream_id = streamId, subject = new { format = "email", email = "a@b.example" } })).Status);
        }

        // Acknowledged in a stream of one's own, the event of another stays.
        await other.FetchAsync(others, ack: events.Select(one => one.Id));
        await neighbour.FetchAsync(own, ack: events.Select(one => one.Id));
        Assert.Equal(events.Select(one => one.Id), (await receiver.FetchAsync(streamId)).Select(one => one.Id));
        Assert.Empty(await neighbour.FetchAsync(own));
        Assert.Equal(404, (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, $"signals/streams/{streamId}/events")).Status);
        Assert.DoesNotContain(streamId, (await cloud.Api.SendAsync(cloud.Neighbour, HttpMethod.Get, "signals/streams")).Text, StringComparison.Ordinal);
    }

    private async Task RemoveAsync(TestUser user)
    {
        var answer = await cloud.Api.SendAsync(
            cloud.Admin,
            HttpMethod.Post,
            $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal",
            $$"""{"confirmation":"{{ConfirmationPhrases.RemoveDevice}}"}""");
        Assert.Equal(202, answer.Status);
    }
}
