using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>What is told of a push over time: it is never unlearned, repeated without news or mixed up with another phone's.</summary>
public sealed class PushHistoryTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I11_An_operation_that_succeeded_says_nothing_about_a_push_that_still_waits()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        using (test.ProviderOut("apns"))
        {
            var ended = await test.RemovedAsync(user, 0);

            var waiting = await test.RevocationAsync(user, user.DeviceIds[0], told => told.Push == RevokePushState.Retrying, "the push waits");
            Assert.Equal((OperationStatus.Succeeded, RevocationState.Blocked), (ended.Status, waiting.State));
            Assert.Equal("Apple's push service is out of order; it will be tried again.", waiting.PushReason);
            Assert.NotNull(waiting.NextAttemptAt);
        }

        await test.PassAsync(TimeSpan.FromMinutes(1));
        await test.AtRestAsync(user);
        await user.Phones[0].SetOfflineAsync(false, Stop);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        await test.AssertToldAsync(
            user, 0, RevocationState.Confirmed, RevokePushState.Accepted, "Blocked", "PushRetrying", "PushAccepted", "Confirmed");
    }

    [Fact]
    public async Task I11_What_is_known_is_never_unlearned_by_a_push_that_comes_later()
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        using (test.ProviderOut("apns"))
        {
            await test.RemovedAsync(user, 0);
            await test.RevocationAsync(user, user.DeviceIds[0], told => told.Push == RevokePushState.Retrying, "the push waits");
            Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        }

        await test.PassAsync(TimeSpan.FromMinutes(1));
        await test.AtRestAsync(user);

        await test.AssertToldAsync(
            user, 0, RevocationState.LearnedAtNextOpen, RevokePushState.Accepted, "Blocked", "PushRetrying", "LearnedAtNextOpen", "PushAccepted");
    }

    [Fact]
    public async Task I11_A_push_that_the_provider_took_is_accepted_even_when_the_phone_confirmed_before_its_answer()
    {
        var user = await test.NewUserAsync(phones: 2);
        using (new HeldAnswers(test, "apns", stage: FaultStage.After))
        {
            await test.RemovedAsync(user, phone: 0);
            await test.ConfirmedAsync(user, user.DeviceIds[0]);
        }

        var told = await test.RevocationAsync(
            user, user.DeviceIds[0], revocation => revocation.Push != RevokePushState.Queued, "the push is settled");
        Assert.Equal((RevocationState.Confirmed, RevokePushState.Accepted), (told.State, told.Push));
        Assert.Equal(1, told.PushAttempts);
    }

    [Fact]
    public async Task I11_A_phone_that_erased_itself_is_sent_nothing_more()
    {
        var user = await test.NewUserAsync(phones: 2);
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        using (test.ProviderOut("apns"))
        {
            await test.RemovedAsync(user, 0);
            await test.RevocationAsync(user, user.DeviceIds[0], told => told.Push == RevokePushState.Retrying, "the push waits");
            await user.Phones[0].OpenAppAsync(Stop);
        }

        await test.PassAsync(TimeSpan.FromHours(2));
        await test.AtRestAsync(user);

        await test.AssertToldAsync(
            user, 0, RevocationState.Confirmed, RevokePushState.Cancelled,
            "Blocked", "PushRetrying", "LearnedAtNextOpen", "PushCancelled", "Confirmed");
        Assert.Equal(0, test.PushesTo(handle));
    }

    [Fact]
    public async Task I11_A_provider_that_fails_often_for_the_same_reason_is_told_once_and_again_for_another_one()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        using (test.ProviderOut("apns"))
        {
            await test.RemovedAsync(user, 0);
            for (var attempt = 1; attempt <= 3; attempt++)
            {
                var tried = attempt;
                await test.RevocationAsync(user, user.DeviceIds[0], told => told.PushAttempts == tried, $"{tried} attempts");
                await test.PassAsync(TimeSpan.FromMinutes(5));
            }
        }

        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Status = 429, Reason = "TooManyRequests" }))
        {
            await test.PassAsync(TimeSpan.FromMinutes(10));
            await test.RevocationAsync(user, user.DeviceIds[0], told => told.PushReason!.Contains("no more pushes", StringComparison.Ordinal), "throttled");
        }

        await test.PassAsync(TimeSpan.FromHours(1));
        await test.AtRestAsync(user);

        await test.AssertToldAsync(
            user, 0, RevocationState.PushAccepted, RevokePushState.Accepted, "Blocked", "PushRetrying", "PushRetrying", "PushAccepted");
    }

    [Fact]
    public async Task I11_All_phones_of_one_operation_are_told_apart()
    {
        var user = await test.NewUserAsync(phones: 4);
        await user.Phones[0].DeleteAppAsync(Stop);
        await user.Phones[1].SetOfflineAsync(true, Stop);
        await user.Phones[2].SetLosePushesAsync(true, Stop);
        var signer = user.Signer(2);

        var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        await test.SucceededAsync(user, accepted.OperationId);
        await test.AtRestAsync(user);
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.StatusAsync(signer);

        RevocationState[] expected =
            [RevocationState.Blocked, RevocationState.PushAccepted, RevocationState.LearnedAtNextOpen, RevocationState.Confirmed];
        var ofUser = (await test.Admin().UserAsync(user.UserId, Stop)).Revocations.ToDictionary(told => told.DeviceId, told => told.State);
        var ofOperation = (await test.Admin().OperationAsync(user.UserId, accepted.OperationId, Stop))
            .Revocations!.ToDictionary(told => told.DeviceId, told => told.State);
        Assert.Equal(expected, user.DeviceIds.Select(deviceId => ofUser[deviceId]));
        Assert.Equal(expected, user.DeviceIds.Select(deviceId => ofOperation[deviceId]));
    }
}
