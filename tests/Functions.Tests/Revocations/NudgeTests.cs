using System.Globalization;
using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Revocations;

/// <summary>A revoke push that a provider took, and that no phone confirmed, can be sent once more by hand.</summary>
public sealed class NudgeTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("apns", 0)]
    [InlineData("fcm", 1)]
    public async Task A_push_that_was_lost_on_the_way_is_sent_once_more_and_resets_the_phone(string provider, int phone)
    {
        var user = await test.NewUserAsync(phones: 2);
        await LoseAsync(user, provider, phone);
        Assert.Equal(1, await KeptAsync(user));

        Assert.Equal(202, (await NudgeAsync(user, phone)).Status);

        await test.ConfirmedAsync(user, user.DeviceIds[phone]);
        await test.AtRestAsync(user);
        Assert.Null(user.Phones[phone].State.Registration);
        var told = await test.RevocationAsync(user, user.DeviceIds[phone]);
        Assert.Equal(
            ["Blocked", "Confirmed", "Nudged", "PushAccepted", "PushAccepted"], told.Timeline.Select(entry => entry.What).Order(StringComparer.Ordinal));
        Assert.Null(told.NudgeUntil);
        Assert.Equal(0, await KeptAsync(user));
        Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.RemovalNudged && entry.Actor.Kind == AuditActorKinds.Administrator);
        Assert.Equal((409, ProblemCodes.Conflict), Refusal(await NudgeAsync(user, phone)));
    }

    [Fact]
    public async Task A_phone_that_was_off_for_days_can_be_nudged_until_the_time_for_pushes_is_over()
    {
        var user = await test.NewUserAsync(phones: 2);
        await LoseAsync(user, "apns", 0);
        var told = await test.RevocationAsync(user, user.DeviceIds[0]);
        Assert.Equal(told.RetryUntil, told.NudgeUntil);

        await test.PassAsync(TimeSpan.FromDays(29));
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Lose = true }))
        {
            Assert.Equal(202, (await NudgeAsync(user, 0)).Status);
            await test.AtRestAsync(user);
        }

        await test.PassAsync(TimeSpan.FromDays(2));
        Assert.Equal((409, ProblemCodes.NoPushHandle), Refusal(await NudgeAsync(user, 0)));
        Assert.Equal(0, await KeptAsync(user));
    }

    [Fact]
    public async Task One_nudge_a_minute_whoever_asks()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => NudgeAsync(user, 0)));

        Assert.Single(answers, answer => answer.Status == 202);
        Assert.All(answers.Where(answer => answer.Status != 202), answer =>
        {
            Assert.Equal((429, ProblemCodes.TooManyRequests), Refusal(answer));
            Assert.InRange(answer.RetryAfter, 1, 60);
        });
        await test.AtRestAsync(user);

        await test.PassAsync(TimeSpan.FromSeconds(61));
        Assert.Equal(202, (await NudgeAsync(user, 0)).Status);
        await test.AtRestAsync(user);
        Assert.Equal(3, test.PushesTo(user.Phones[0].State.PushAddress.ToHandle()));
    }

    [Fact]
    public async Task A_nudge_never_reaches_a_phone_that_is_registered_again()
    {
        var user = await test.NewUserAsync(phones: 4);
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        await LoseAsync(user, "apns", 0);
        Assert.Equal(204, (await test.PutHandleAsync(user.Signer(3), handle)).Status);

        Assert.Equal(202, (await NudgeAsync(user, 0)).Status);
        await test.AtRestAsync(user);

        var told = await test.RevocationAsync(user, user.DeviceIds[0]);
        Assert.Equal((RevokePushState.Cancelled, RevocationState.PushAccepted), (told.Push, told.State));
        Assert.Equal(1, test.PushesTo(handle));
        Assert.Equal(0, await KeptAsync(user));
    }

    [Fact]
    public async Task A_nudge_that_the_bus_did_not_take_is_sent_by_the_timer()
    {
        var user = await test.NewUserAsync(phones: 2);
        await LoseAsync(user, "apns", 0);
        using (test.BusOut())
        {
            Assert.Equal(202, (await NudgeAsync(user, 0)).Status);
        }

        await test.PassAsync(TimeSpan.FromMinutes(10));
        await test.ResumeAsync();

        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Theory]
    [InlineData(449)]
    [InlineData(null)]
    public async Task A_nudge_whose_write_was_not_answered_is_sent_once(int? status)
    {
        var user = await test.NewUserAsync(phones: 2);
        await LoseAsync(user, "apns", 0);
        var lost = new FaultRule
        {
            StandIn = "cosmos",
            Operation = "batch",
            Contains = user.UserId,
            Status = status,
            Drop = status is null,
            Stage = FaultStage.After,
            Times = 1,
        };
        using (test.Traffic.Add(lost))
        {
            var first = await NudgeAsync(user, 0, key: "one-nudge");
            Assert.Equal(status is null ? 503 : 202, first.Status);
            Assert.Equal(202, (await NudgeAsync(user, 0, key: "one-nudge")).Status);
        }

        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        await test.AtRestAsync(user);
        Assert.Equal(202, (await NudgeAsync(user, 0, key: "one-nudge")).Status);
        await test.AtRestAsync(user);
        Assert.Equal(2, test.PushesTo(user.Phones[0].State.PushAddress.ToHandle()));
        Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.RemovalNudged);
    }

    [Fact]
    public async Task A_key_nudges_once_however_many_other_nudges_came_since()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);
        foreach (var key in (string[])["first", "second", "third"])
        {
            Assert.Equal(202, (await NudgeAsync(user, 0, key: key)).Status);
            await test.AtRestAsync(user);
            await test.PassAsync(TimeSpan.FromSeconds(61));
        }

        foreach (var key in (string[])["first", "second", "third"])
        {
            Assert.Equal(202, (await NudgeAsync(user, 0, key: key)).Status);
            await test.AtRestAsync(user);
        }

        Assert.Equal(4, test.PushesTo(user.Phones[0].State.PushAddress.ToHandle()));
        Assert.Equal(3, (await test.AuditAsync(user)).Count(entry => entry.Action == AuditActions.RemovalNudged));
    }

    [Fact]
    public async Task The_outcome_of_an_earlier_push_is_not_taken_for_that_of_the_nudge()
    {
        var user = await test.NewUserAsync(phones: 2);
        var late = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sends = 0;
        var token = user.Phones[0].State.PushAddress.Token;
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Contains = token, Lose = true }))
        {
            // The first sending is answered late; meanwhile its message is delivered once more, and that one is settled.
            test.Traffic.Hook = (request, stage) =>
                (request.StandIn, request.Operation, stage) == ("apns", "send", FaultStage.After)
                && request.Searchable.Contains(token, StringComparison.Ordinal) && Interlocked.Increment(ref sends) == 1
                    ? late.Task
                    : Task.CompletedTask;
            var removal = await test.RemovedAsync(user, 0);
            await test.UntilAsync(() => Task.FromResult(Volatile.Read(ref sends) > 0 ? "sent" : null), "the first push is sent");
            await test.Services.GetRequiredService<QueueSender>().SendAsync(
                Queues.RevokePushes,
                new RevokePushMessage { TenantId = user.TenantId, UserId = user.UserId, OperationId = removal.OperationId, DeviceId = user.DeviceIds[0], Resumed = "again" },
                due: null,
                Stop);
            await test.RevocationAsync(user, user.DeviceIds[0], told => told.Push == RevokePushState.Accepted, "the second sending is settled");
            using (test.BusOut())
            {
                Assert.Equal(202, (await NudgeAsync(user, 0)).Status);
            }

            test.Traffic.Hook = null;
            late.SetResult();
            await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        }

        Assert.Equal(RevokePushState.Queued, (await test.RevocationAsync(user, user.DeviceIds[0])).Push);
        await test.PassAsync(TimeSpan.FromMinutes(10));
        await test.ResumeAsync();
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Equal(3, test.PushesTo(user.Phones[0].State.PushAddress.ToHandle()));
    }

    [Fact]
    public async Task What_cannot_be_nudged_is_refused_with_the_reason()
    {
        var user = await test.NewUserAsync(phones: 3);
        using (test.ProviderOut("apns"))
        {
            await test.RemovedAsync(user, 0);
            await test.RevocationAsync(user, user.DeviceIds[0], told => told.Push == RevokePushState.Retrying, "the push waits");
            Assert.Equal((409, ProblemCodes.Conflict), Refusal(await NudgeAsync(user, 0)));
        }

        await user.Phones[1].DeleteAppAsync(Stop);
        await test.RemovedAsync(user, 1);
        await test.RevocationAsync(user, user.DeviceIds[1], told => told.NextAttemptAt is null, "Google says that the app is gone");
        Assert.Equal((409, ProblemCodes.NoPushHandle), Refusal(await NudgeAsync(user, 1)));

        Assert.Equal((404, ProblemCodes.NotFound), Refusal(await NudgeAsync(user, 2)));
        Assert.Equal((404, ProblemCodes.NotFound), Refusal(await NudgeAsync(user, 1, TestCloud.Neighbour)));
        Assert.Equal((403, ProblemCodes.Forbidden), Refusal(await NudgeAsync(user, 1, TestCloud.Reader)));
    }

    /// <summary>Removes a phone whose push the provider takes and loses.</summary>
    private async Task LoseAsync(TestUser user, string provider, int phone)
    {
        using (test.Traffic.Add(new FaultRule { StandIn = provider, Operation = "send", Lose = true }))
        {
            await test.RemovedAsync(user, phone);
            await test.AtRestAsync(user);
        }
    }

    private async Task<int> KeptAsync(TestUser user) => (await test.DocumentsAsync(user, $"c.type = '{RevokedHandleDocument.DocumentType}'")).Count;

    private async Task<Nudged> NudgeAsync(TestUser user, int phone, string administrator = TestCloud.Alice, string? key = null)
    {
        var path = new Uri($"users/{user.UserId}/revocations/{user.DeviceIds[phone]}/nudge", UriKind.Relative);
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        using var answer = await test.Admin(administrator).Http.SendAsync(request, Stop);
        var json = JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
        var retryAfter = answer.Headers.TryGetValues("Retry-After", out var values) ? int.Parse(values.Single(), CultureInfo.InvariantCulture) : 0;
        return new Nudged((int)answer.StatusCode, json, retryAfter);
    }

    private static (int Status, string? Code) Refusal(Nudged answer) => (answer.Status, answer.Json.GetProperty("code").GetString());

    private sealed record Nudged(int Status, JsonElement Json, int RetryAfter);
}
