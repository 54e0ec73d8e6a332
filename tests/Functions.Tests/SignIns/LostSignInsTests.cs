using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.SignIns;

/// <summary>"Lost since" in a removal: what the device accepted from then on is marked, and nothing else.</summary>
public sealed class LostSignInsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_device_accepted_since_it_was_lost_is_marked_and_nothing_else()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await Test.ForgetSignInsAsync(user);
        var (lost, kept) = (user.DeviceIds[0], user.DeviceIds[1]);
        AuthenticationRequestDocument[] marked =
        [
            Answered(user, lost, TimeSpan.FromHours(1)),
            Answered(user, lost, TimeSpan.FromHours(2)) with { DeviceId = kept, ApplicationName = "Treasury" },
            // Asked before, accepted after.
            Answered(user, lost, TimeSpan.FromMinutes(179)) with { IssuedAt = Test.Time.GetUtcNow() - TimeSpan.FromMinutes(181) },
            // Written by an earlier version, which kept neither who answered nor when.
            Answered(user, lost, TimeSpan.FromHours(1)) with { AnsweredBy = null, RespondedAt = null },
            Answered(user, lost, TimeSpan.FromHours(1)) with { Status = AuthenticationRequestStatus.Passcode },
        ];
        AuthenticationRequestDocument[] others =
        [
            Answered(user, lost, TimeSpan.FromHours(4)),
            Answered(user, lost, TimeSpan.FromMinutes(181)),
            Answered(user, kept, TimeSpan.FromHours(1)) with { DeviceId = lost },
            Answered(user, lost, TimeSpan.FromHours(1)) with { Status = AuthenticationRequestStatus.Denied },
            Answered(user, lost, TimeSpan.FromHours(1)) with { Status = AuthenticationRequestStatus.Expired },
        ];
        await Test.CreateAsync(user, marked.Concat(others));
        var since = Test.Time.GetUtcNow() - TimeSpan.FromHours(3);

        var operation = await RemovedAsync(user, since);

        Assert.Equal(since.ToUniversalTime(), operation.LostSince);
        Assert.Equal(Ids(marked), Ids(await ListAsync(user, $"review=true&device={lost}")));
        Assert.Equal(Ids(others), Ids(await ListAsync(user, "review=false")));
        Assert.All(await ListAsync(user, ""), request => Assert.Equal(marked.Any(one => one.RequestId == request.RequestId), request.ForReview));
        var entry = Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceRemoved);
        Assert.Equal(since, DateTimeOffset.Parse(entry.After!["lostSince"]!, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Of_a_phone_of_which_nobody_said_that_it_was_lost_nothing_is_marked()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await Test.ForgetSignInsAsync(user);
        await Test.CreateAsync(user, [Answered(user, user.DeviceIds[0], TimeSpan.FromHours(1))]);

        await RemovedAsync(user, since: null);

        Assert.Empty(await ListAsync(user, "review=true"));
    }

    [Fact]
    public async Task I14_More_than_one_message_marks_are_marked_by_several()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await Test.ForgetSignInsAsync(user);
        await Test.CreateAsync(user, Enumerable.Range(1, 1_101).Select(minutes => Answered(user, user.DeviceIds[0], TimeSpan.FromMinutes(minutes))));

        await RemovedAsync(user, Test.Time.GetUtcNow() - TimeSpan.FromDays(7));

        Assert.Equal(1_101, (await Test.DocumentsAsync(user, "c.type = 'authenticationRequest' AND c.forReview = true")).Count);
    }

    [Fact]
    public async Task A_loss_in_the_future_is_refused_and_nothing_is_removed()
    {
        var user = await Test.NewUserAsync(phones: 2);

        using var answer = await AskAsync(user, Test.Time.GetUtcNow() + TimeSpan.FromHours(1), "key");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("\"lostSince\":[", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(2, (await Test.Admin().UserAsync(user.UserId, Stop)).Devices.Count);
    }

    [Fact]
    public async Task The_time_of_the_loss_is_part_of_what_an_idempotency_key_stands_for()
    {
        var user = await Test.NewUserAsync(phones: 2);
        var since = Test.Time.GetUtcNow() - TimeSpan.FromHours(3);
        using var first = await AskAsync(user, since, "one-key");
        using var same = await AskAsync(user, since.ToOffset(TimeSpan.FromHours(5)), "one-key");
        using var other = await AskAsync(user, since - TimeSpan.FromHours(1), "one-key");

        Assert.True(first.IsSuccessStatusCode && same.IsSuccessStatusCode);
        Assert.Contains(ProblemCodes.IdempotencyKeyReused, await other.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_for_review_of_a_device_is_what_it_accepted_itself()
    {
        var user = await Test.NewUserAsync(phones: 2);
        await Test.ForgetSignInsAsync(user);
        var (lost, kept) = (user.DeviceIds[0], user.DeviceIds[1]);
        var pushedToTheOther = Answered(user, lost, TimeSpan.FromHours(1)) with { DeviceId = kept };
        await Test.CreateAsync(user, [pushedToTheOther]);

        await RemovedAsync(user, Test.Time.GetUtcNow() - TimeSpan.FromHours(3));

        Assert.Equal([pushedToTheOther.RequestId], Ids(await ListAsync(user, $"review=true&device={lost}")));
        Assert.Empty(await ListAsync(user, $"review=true&device={kept}"));
        Assert.Equal([pushedToTheOther.RequestId], Ids(await ListAsync(user, $"device={kept}")));
    }

    [Fact]
    public async Task A_loss_told_after_another_removal_was_faster_is_not_dropped_in_silence()
    {
        var user = await Test.NewUserAsync(phones: 2);
        var since = Test.Time.GetUtcNow() - TimeSpan.FromHours(3);
        using var faster = await AskAsync(user, since, "faster");
        using var covered = await AskAsync(user, since + TimeSpan.FromHours(1), "covered");
        using var earlier = await AskAsync(user, since - TimeSpan.FromHours(1), "earlier");
        using var unsaid = await AskAsync(user, since: null, "unsaid");

        Assert.True(faster.IsSuccessStatusCode && covered.IsSuccessStatusCode && unsaid.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.Conflict, earlier.StatusCode);
        Assert.Contains("lost", await earlier.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-25T08:30:00")]
    [InlineData("2026-11-25")]
    [InlineData("0001-01-01T00:00:00+05:00")]
    [InlineData("2026-02-29T08:30:00Z")]
    public async Task A_time_of_the_loss_that_is_no_moment_is_refused_and_nothing_is_removed(string since)
    {
        var user = await Test.NewUserAsync(phones: 2);
        using var body = new StringContent(
            $$"""{"confirmation":"remove device","lostSince":"{{since}}"}""", System.Text.Encoding.UTF8, "application/json");

        using var answer = await Test.Admin().Http.PostAsync(new Uri($"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal", UriKind.Relative), body, Stop);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(2, (await Test.Admin().UserAsync(user.UserId, Stop)).Devices.Count);
    }

    private AuthenticationRequestDocument Answered(TestUser user, string deviceId, TimeSpan ago)
    {
        var request = Test.Request(user, ago + TimeSpan.FromSeconds(20));
        return request with { DeviceId = deviceId, AnsweredBy = deviceId, RespondedAt = request.IssuedAt.AddSeconds(20) };
    }

    private async Task<OperationDetails> RemovedAsync(TestUser user, DateTimeOffset? since)
    {
        using var answer = await AskAsync(user, since, Guid.NewGuid().ToString());
        var accepted = (await answer.Content.ReadFromJsonAsync<OperationDetails>(AdminJson, Stop))!;
        await Test.SucceededAsync(user, accepted.OperationId);
        return accepted;
    }

    private async Task<HttpResponseMessage> AskAsync(TestUser user, DateTimeOffset? since, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"users/{user.UserId}/devices/{user.DeviceIds[0]}/removal")
        {
            Content = JsonContent.Create(new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, LostSince = since }, options: AdminJson),
        };
        request.Headers.Add("Idempotency-Key", key);
        return await Test.Admin().Http.SendAsync(request, Stop);
    }

    private async Task<IReadOnlyList<AuthenticationRequestDetails>> ListAsync(TestUser user, string query)
    {
        var answer = await Test.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}/authentication-requests?pageSize=200&{query}");
        Assert.True(answer.Status == 200, answer.Text);
        return answer.Read<AuthenticationRequestList>().Requests;
    }

    private static string[] Ids(IEnumerable<AuthenticationRequestDocument> requests) => [.. requests.Select(request => request.RequestId).Order(StringComparer.Ordinal)];

    private static string[] Ids(IEnumerable<AuthenticationRequestDetails> requests) => [.. requests.Select(request => request.RequestId).Order(StringComparer.Ordinal)];

    private static JsonSerializerOptions AdminJson { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
