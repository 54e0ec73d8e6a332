using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Local.Tests.Phones;

/// <summary>"The experience varies depending on how the device receives the revocation notice": every row of the user guide.</summary>
public sealed class RemovalTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DevicePlatform.Android, "app")]
    [InlineData(DevicePlatform.Ios, "system")]
    public async Task A_revoke_push_is_shown_and_resets_the_app_to_the_welcome_screen(DevicePlatform platform, string shownBy)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(platform);
        var dying = phone.State.Registration!.DeviceId;

        await world.DeliverAsync(phone, world.RevokePush(phone));

        var shown = Assert.Single(phone.State.Notifications);
        Assert.Equal(
            ("Device Revoked", "This device has been removed from your account.", shownBy), (shown.Title, shown.Body, shown.ShownBy));
        AssertWelcome(phone, message: null);
        Assert.Equal(dying, Assert.Single(world.Api.Calls, call => call.Name == "device/erasure").Proof.ClaimText("device"));
        Assert.Empty(phone.State.Dying);
    }

    [Fact]
    public async Task Without_a_push_the_next_open_says_that_the_account_is_gone_and_resets()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        await phone.SetLosePushesAsync(true, Stop);
        world.Remove(phone);
        await world.DeliverAsync(phone, world.RevokePush(phone));
        Assert.NotNull(phone.State.Registration);

        await phone.OpenAppAsync(Stop);

        AssertWelcome(phone, "This account is no longer accessible.");
        Assert.Empty(phone.State.Notifications);
        Assert.Equal(1, world.Api.Count("device/erasure"));
        await phone.OpenAppAsync(Stop);
        AssertWelcome(phone, message: null);
    }

    [Fact]
    public async Task Any_signed_call_may_bring_the_statement()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        world.Remove(phone);

        await phone.RotatePushTokenAsync(Stop);

        AssertWelcome(phone, "This account is no longer accessible.");
    }

    [Fact]
    public async Task A_living_phone_stays_and_registers_its_push_token_when_the_server_does_not_have_it()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        await phone.OpenAppAsync(Stop);
        Assert.Equal(0, world.Api.Count("device/push-handle"));
        world.Api.Script = call => call.Name == "device/status"
            ? new FakeAnswer(200, new DeviceStatus(call.Proof.ClaimText("device")!, 7, "Phone", PushStatus.NotReceiving, world.Time.GetUtcNow()))
            : null;

        await phone.OpenAppAsync(Stop);

        Assert.Equal(1, world.Api.Count("device/push-handle"));
        Assert.Equal(PhoneScreen.Home, phone.View.Screen);
    }

    [Theory]
    [InlineData(DevicePlatform.Android)]
    [InlineData(DevicePlatform.Ios)]
    public async Task A_push_and_an_open_at_the_same_time_reset_once(DevicePlatform platform)
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(platform);
        world.Remove(phone);
        var push = world.RevokePush(phone);

        await Task.WhenAll(
            Task.Run(() => world.DeliverAsync(phone, push), Stop),
            Task.Run(() => phone.OpenAppAsync(Stop), Stop),
            Task.Run(() => world.DeliverAsync(phone, push), Stop),
            Task.Run(() => phone.OpenAppAsync(Stop), Stop));

        Assert.Null(phone.State.Registration);
        Assert.Single(phone.State.History, entry => entry.What.Contains("was reset", StringComparison.Ordinal));
        Assert.Equal(1, world.Api.Count("device/erasure"));
    }

    [Fact]
    public async Task An_erasure_that_happened_offline_is_reported_when_the_phone_is_online_again()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var dying = phone.State.Registration!.DeviceId;
        var push = world.RevokePush(phone);
        await phone.SetOfflineAsync(true, Stop);
        Assert.False(world.Push.Online[phone.State.PushAddress]);

        await world.DeliverAsync(phone, push);

        AssertWelcome(phone, message: null);
        Assert.Equal(0, world.Api.Count("device/erasure"));
        await phone.SetOfflineAsync(false, Stop);
        Assert.True(world.Push.Online[phone.State.PushAddress]);
        Assert.Equal(dying, Assert.Single(world.Api.Calls, call => call.Name == "device/erasure").Proof.ClaimText("device"));
        await phone.SetOfflineAsync(false, Stop);
        Assert.Equal(1, world.Api.Count("device/erasure"));
    }

    [Fact]
    public async Task An_erasure_outlives_a_restart_and_a_new_enrollment_until_the_server_took_it()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var dying = phone.State.Registration!.DeviceId;
        world.Api.Script = call => call.Name == "device/erasure" ? FakeApi.Problem(503, ProblemCodes.Unavailable) : null;
        await world.DeliverAsync(phone, world.RevokePush(phone));
        world.Restart();
        phone = world.Book.Find(phone.Id)!;
        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        world.Api.Script = _ => null;

        await phone.ResumeAsync(Stop);

        Assert.Equal([dying, dying], world.Api.Calls.Where(call => call.Name == "device/erasure").Select(call => call.Proof.ClaimText("device")));
        Assert.Empty(phone.State.Dying);
        Assert.NotEqual(dying, phone.State.Registration!.DeviceId);
    }

    [Fact]
    public async Task A_dying_key_is_forgotten_after_30_days()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var push = world.RevokePush(phone);
        await phone.SetOfflineAsync(true, Stop);
        await world.DeliverAsync(phone, push);

        world.Time.Advance(TimeSpan.FromDays(31));
        await phone.OpenAppAsync(Stop);

        Assert.Empty(phone.State.Dying);
        Assert.Equal(0, world.Api.Count("device/erasure"));
    }

    [Fact]
    public async Task The_same_app_install_can_be_enrolled_again_under_the_same_push_token()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        var (address, old) = (phone.State.PushAddress, phone.State.Registration!);
        var push = world.RevokePush(phone);
        await world.DeliverAsync(phone, push);
        world.Api.Epoch = 8;

        await phone.EnrollAsync(PhoneWorld.Link, Stop);
        await world.DeliverAsync(phone, push);

        Assert.Equal(address, phone.State.PushAddress);
        Assert.Empty(world.Push.Dead);
        Assert.Equal(8, phone.State.Registration!.Epoch);
        Assert.NotEqual(old.DeviceId, phone.State.Registration.DeviceId);
    }

    [Fact]
    public async Task A_push_that_does_not_let_the_app_run_is_shown_but_resets_only_at_the_next_open()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var push = world.RevokePush(phone) with { SystemAlert = PushMessage.Revoked, RunsApp = false };
        world.Remove(phone);

        await world.DeliverAsync(phone, push);

        Assert.NotNull(phone.State.Registration);
        Assert.Single(phone.State.Notifications);
        await phone.OpenAppAsync(Stop);
        Assert.Null(phone.State.Registration);
    }

    private static void AssertWelcome(VirtualPhone phone, string? message)
    {
        var view = phone.View;
        Assert.Equal((PhoneScreen.Welcome, message), (view.Screen, view.Message));
        Assert.Null(view.Registration);
    }
}
