using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using static BlokSec.Functions.Tests.AuthenticationRequests.SignInTest;

namespace BlokSec.Functions.Tests.AuthenticationRequests;

/// <summary>Sign-in requests are pushed to the active device, and what the provider says of it is the truth about the device.</summary>
public sealed class SignInPushTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private TestCloud Test => fixture.Cloud;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task The_active_device_shows_the_request_without_being_opened_and_accepts_it(int active)
    {
        // The phones of a test are an iPhone and an Android phone in turn.
        var user = await Test.NewUserAsync(phones: 2);
        await Test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[active], "*");

        var asked = await Test.AskAsync(user);
        Assert.Equal(SignInPush.Queued, asked.Push);
        var shown = await ArrivedAsync(user, active);
        await Test.UntilAsync(
            () => Task.FromResult(user.Phones[active].State.Notifications.FirstOrDefault(notification => notification.Title == "Sign-in request")),
            "the notification of the request");
        Assert.Empty(user.Phones[1 - active].State.SignIns);

        await user.Phones[active].AnswerSignInAsync(shown, SignInDecision.Accept, asked.Number, Stop);
        Assert.Equal("Signed in.", user.Phones[active].State.Message);
        var request = await RequestAsync(user, request => request.RequestId == shown && request.PushAcceptedAt is not null);
        Assert.Equal(AuthenticationRequestStatus.Accepted, request.Status);
        Assert.Null(request.PushReason);
    }

    [Fact]
    public async Task A_dead_push_address_makes_the_device_not_receiving_and_a_registration_heals_it()
    {
        var user = await Test.NewUserAsync(phones: 1);
        using (Test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Status = 400, Reason = "BadDeviceToken", Contains = Handle(user, 0) }))
        {
            Assert.Equal(SignInPush.Queued, (await Test.AskAsync(user)).Push);
            await DeviceAsync(user, device => device.Push == PushStatus.NotReceiving);
        }

        var device = Assert.Single((await Test.Admin().UserAsync(user.UserId, Stop)).Devices);
        Assert.StartsWith("Apple does not know this push address", device.PushReason, StringComparison.Ordinal);
        var entry = Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.PushStatusChanged);
        Assert.Equal(("receiving", "notReceiving"), (Camel(entry.Before!["pushStatus"]), Camel(entry.After!["pushStatus"])));

        Assert.Equal(SignInPush.NotPossible, (await Test.AskAsync(user)).Push);
        await user.Phones[0].OpenAppAsync(Stop);
        Assert.NotEmpty(user.Phones[0].State.SignIns);
        await DeviceAsync(user, device => device is { Push: PushStatus.Receiving, PushReason: null });
        Assert.Equal(SignInPush.Queued, (await Test.AskAsync(user)).Push);
    }

    [Fact]
    public async Task A_push_that_is_taken_confirms_when_the_device_was_reached()
    {
        var user = await Test.NewUserAsync(phones: 1);
        var before = Assert.Single((await Test.Admin().UserAsync(user.UserId, Stop)).Devices).PushSeenAt;
        await Test.PassAsync(TimeSpan.FromMinutes(10));

        await Test.AskAsync(user);

        var after = await DeviceAsync(user, device => device.PushSeenAt > before);
        Assert.InRange(after.PushSeenAt!.Value, before!.Value.AddMinutes(9), Test.Time.GetUtcNow());
    }

    [Fact]
    public async Task What_a_provider_says_of_an_old_push_address_does_not_count_for_a_new_one()
    {
        var user = await Test.NewUserAsync(phones: 1);
        var (held, released) = (new TaskCompletionSource(), new TaskCompletionSource());
        Test.Traffic.Hook = async (seen, stage) =>
        {
            if (seen is { StandIn: "apns", Operation: "send" } && stage == FaultStage.Before)
            {
                held.TrySetResult();
                await released.Task;
            }
        };
        try
        {
            using var dead = Test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Status = 400, Reason = "BadDeviceToken", Contains = Handle(user, 0) });
            await Test.AskAsync(user);
            await held.Task.WaitAsync(TestCloud.Patience, Stop);
            await user.Phones[0].RotatePushTokenAsync(Stop);
            Test.Traffic.Hook = null;
            released.SetResult();
            await RequestAsync(user, request => request.PushReason?.StartsWith("Apple", StringComparison.Ordinal) == true);
        }
        finally
        {
            Test.Traffic.Hook = null;
            released.TrySetResult();
        }

        Assert.Equal(PushStatus.Receiving, Assert.Single((await Test.Admin().UserAsync(user.UserId, Stop)).Devices).Push);
    }

    [Fact]
    public async Task A_provider_that_is_out_of_order_is_asked_again_while_there_is_time()
    {
        var user = await Test.NewUserAsync(phones: 1);
        using (Test.Traffic.Add(new FaultRule { StandIn = "apns", Operation = "send", Status = 503, Reason = "ServiceUnavailable", Contains = Handle(user, 0) }))
        {
            await Test.AskAsync(user, expiry: 300);
            await RequestAsync(user, request => request.PushReason?.StartsWith("Apple", StringComparison.Ordinal) == true);
        }

        await Test.PassAsync(TimeSpan.FromSeconds(30));
        var request = await RequestAsync(user, request => request.PushAcceptedAt is not null);
        Assert.Null(request.PushReason);
        Assert.Equal(PushStatus.Receiving, Assert.Single((await Test.Admin().UserAsync(user.UserId, Stop)).Devices).Push);
    }

    [Fact]
    public async Task Without_the_bus_the_application_is_told_that_no_push_is_possible_and_the_request_waits_for_the_app()
    {
        var user = await Test.NewUserAsync(phones: 1);
        AuthenticationRequestAcknowledgement asked;
        using (Test.BusOut(Queues.SignInPushes))
        {
            asked = await Test.AskAsync(user);
        }

        Assert.Equal(SignInPush.NotPossible, asked.Push);
        var shown = await ShownAsync(user.Phones[0]);
        await user.Phones[0].AnswerSignInAsync(shown.RequestId, SignInDecision.Accept, asked.Number, Stop);
        Assert.Equal("Signed in.", user.Phones[0].State.Message);
    }

    [Fact]
    public async Task Nothing_is_pushed_to_a_device_that_was_removed_meanwhile_nor_for_a_request_that_is_over()
    {
        var removed = await Test.NewUserAsync(phones: 2);
        var late = await Test.NewUserAsync(phones: 1);
        await Test.QuietAsync();
        long mark;
        using (var turnstile = new Turnstile(Test, Queues.SignInPushes))
        {
            await Test.AskAsync(removed);
            await turnstile.WaitingAsync(Queues.SignInPushes);
            await Test.RemovedAsync(removed, 0);
            await Test.RevocationAsync(removed, removed.DeviceIds[0], told => told.NextAttemptAt is null, "the revoke push is settled");
            mark = Test.Traffic.Mark;
            await turnstile.LetThroughAsync(Queues.SignInPushes);

            await Test.AskAsync(late, expiry: 30);
            await turnstile.WaitingAsync(Queues.SignInPushes);
            Test.Time.Advance(TimeSpan.FromSeconds(30));
            await turnstile.LetThroughAsync(Queues.SignInPushes);
        }

        Assert.DoesNotContain(Test.Traffic.Since(mark), seen => seen.StandIn is "fcm" or "apns" && seen.Operation == "send");
    }

    private async Task<string> ArrivedAsync(TestUser user, int phone) => await Test.UntilAsync(
        () => Task.FromResult(user.Phones[phone].State.SignIns is [var shown, ..] ? shown.RequestId : null), "a sign-in request on the phone");

    private Task<AuthenticationRequestDocument> RequestAsync(TestUser user, Func<AuthenticationRequestDocument, bool> isSo) => Test.UntilAsync(
        async () => (await Test.AllAsync<AuthenticationRequestDocument>(user, AuthenticationRequestDocument.DocumentType)).FirstOrDefault(isSo),
        "the push recorded on the request");

    private Task<DeviceDetails> DeviceAsync(TestUser user, Func<DeviceDetails, bool> isSo) => Test.UntilAsync(
        async () => (await Test.Admin().UserAsync(user.UserId, Stop)).Devices.FirstOrDefault(isSo), "the push status of the device");

    private static string Handle(TestUser user, int phone) => user.Phones[phone].State.PushAddress.ToHandle().Value;

    private static string? Camel(string? word) => word is null ? null : JsonNamingPolicy.CamelCase.ConvertName(word);
}
