using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

public sealed class AcceptedIsNotDeliveredTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task I11_A_push_that_the_provider_took_is_accepted_and_no_more_until_the_phone_confirms(int phone)
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[phone].SetOfflineAsync(true, Stop);

        await test.RemovedAsync(user, phone);
        await test.AtRestAsync(user);
        await test.AssertToldAsync(user, phone, RevocationState.PushAccepted, RevokePushState.Accepted, "Blocked", "PushAccepted");

        await test.PassAsync(TimeSpan.FromDays(3));
        await test.AssertToldAsync(user, phone, RevocationState.PushAccepted, RevokePushState.Accepted, "Blocked", "PushAccepted");

        await user.Phones[phone].SetOfflineAsync(false, Stop);
        await test.ConfirmedAsync(user, user.DeviceIds[phone]);
        await test.AssertToldAsync(user, phone, RevocationState.Confirmed, RevokePushState.Accepted, "Blocked", "PushAccepted", "Confirmed");
    }

    [Theory]
    [InlineData("apns", 0)]
    [InlineData("fcm", 1)]
    public async Task I11_A_push_that_was_lost_on_the_way_is_never_called_delivered(string provider, int phone)
    {
        var user = await test.NewUserAsync(phones: 2);
        using (test.Traffic.Add(new FaultRule { StandIn = provider, Operation = "send", Lose = true }))
        {
            await test.RemovedAsync(user, phone);
            await test.AtRestAsync(user);
        }

        await test.AssertToldAsync(user, phone, RevocationState.PushAccepted, RevokePushState.Accepted, "Blocked", "PushAccepted");
        Assert.NotNull(user.Phones[phone].State.Registration);
    }

    [Fact]
    public async Task I11_A_phone_that_learns_at_its_next_open_is_told_apart_from_one_that_confirmed()
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);

        Assert.Equal(410, (await test.StatusAsync(signer)).Status);
        await test.AssertToldAsync(
            user, 0, RevocationState.LearnedAtNextOpen, RevokePushState.Accepted, "Blocked", "PushAccepted", "LearnedAtNextOpen");

        await user.Phones[0].OpenAppAsync(Stop);
        await test.AssertToldAsync(
            user, 0, RevocationState.Confirmed, RevokePushState.Accepted, "Blocked", "PushAccepted", "LearnedAtNextOpen", "Confirmed");
    }

    [Theory]
    [InlineData(0, "Apple says the app was removed from this phone.")]
    [InlineData(1, "Google says the app was removed from this phone.")]
    public async Task I11_A_dead_token_is_told_in_plain_words_and_the_phone_stays_not_confirmed(int phone, string why)
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[phone].DeleteAppAsync(Stop);

        await test.RemovedAsync(user, phone);
        await test.AtRestAsync(user);

        var told = await test.AssertToldAsync(user, phone, RevocationState.Blocked, RevokePushState.Unreachable, "Blocked", "PushUnreachable");
        Assert.Equal((why, why, null), (told.PushReason, told.Timeline[^1].Detail, told.NextAttemptAt));
    }

    [Fact]
    public async Task I11_A_phone_that_never_allowed_pushes_is_told_so_from_the_start_and_learns_at_its_next_open()
    {
        var user = await test.NewUserAsync(phones: 1);
        var silent = user.NewSigner();
        Assert.Equal(201, (await test.RestoreAsync(silent, user.DidKey())).Status);

        var accepted = await test.Admin().RemoveAsync(user.UserId, silent.Key.DeviceId, null, Stop);

        await test.SucceededAsync(user, accepted.OperationId);
        var told = await test.RevocationAsync(user, silent.Key.DeviceId);
        Assert.Equal((RevocationState.Blocked, RevokePushState.Unreachable, 0), (told.State, told.Push, told.PushAttempts));
        Assert.Equal("The app never allowed push notifications on this phone.", told.PushReason);
        await test.PassAsync(TimeSpan.FromDays(60));
        Assert.Equal(410, (await test.StatusAsync(silent)).Status);
        Assert.Equal(RevocationState.LearnedAtNextOpen, (await test.RevocationAsync(user, silent.Key.DeviceId)).State);
    }

    [Fact]
    public async Task I11_A_phone_that_never_comes_back_is_never_called_told()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        using (test.ProviderOut("apns"))
        {
            await test.RemovedAsync(user, 0);
            await test.RevocationAsync(user, user.DeviceIds[0], told => told.Push == RevokePushState.Retrying, "the push waits");
            await test.PassAsync(TimeSpan.FromDays(31));
            await test.AtRestAsync(user);
        }

        var told = await test.AssertToldAsync(
            user, 0, RevocationState.Blocked, RevokePushState.GivenUp, "Blocked", "PushRetrying", "PushGivenUp");
        Assert.StartsWith("Not delivered in 30 days", told.PushReason, StringComparison.Ordinal);

        // Hidden from nobody: what is not confirmed is shown forever.
        await test.PassAsync(TimeSpan.FromDays(365));
        await test.AssertToldAsync(user, 0, RevocationState.Blocked, RevokePushState.GivenUp, "Blocked", "PushRetrying", "PushGivenUp");
    }
}
