using BlokSec.Contracts;
using BlokSec.Local.Phones;
using BlokSec.Local.Phones.Push;

namespace BlokSec.Local.Tests.Phones;

public sealed class InstallationTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_app_takes_keys_and_push_token_along_and_tells_nobody()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        var address = phone.State.PushAddress;

        await phone.DeleteAppAsync(Stop);
        await phone.OpenAppAsync(Stop);

        Assert.Equal(PhoneScreen.NotInstalled, phone.View.Screen);
        Assert.Null(phone.State.Registration);
        Assert.Equal(world.Time.GetUtcNow(), world.Push.Dead[address]);
        Assert.Single(world.Api.Calls);
    }

    [Fact]
    public async Task A_reinstalled_app_starts_at_the_welcome_screen_with_a_new_push_token()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        var address = phone.State.PushAddress;
        await phone.DeleteAppAsync(Stop);

        await phone.ReinstallAsync(Stop);
        await phone.ReinstallAsync(Stop);

        Assert.Equal(PhoneScreen.Welcome, phone.View.Screen);
        Assert.NotEqual(address, phone.State.PushAddress);
        Assert.Equal([phone.State.PushAddress], world.Push.Living);
    }

    [Fact]
    public async Task A_backup_outlives_the_app()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Ios);
        var did = phone.State.Registration!.Did;
        await phone.CreateBackupAsync(Stop);
        await phone.DeleteAppAsync(Stop);
        await phone.ReinstallAsync(Stop);

        await phone.RestoreAsync(phone.State.Backup!, Stop);

        Assert.Equal(did, phone.State.Registration!.Did);
    }

    [Fact]
    public async Task A_new_push_token_is_registered_with_the_server()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        var old = phone.State.PushAddress;

        await phone.RotatePushTokenAsync(Stop);

        var body = Assert.Single(world.Api.Calls, call => call.Name == "device/push-handle").Body;
        Assert.Equal("fcmToken", body.GetProperty("kind").GetString());
        Assert.Equal(phone.State.PushAddress.Token, body.GetProperty("value").GetString());
        Assert.Contains(old, world.Push.Dead.Keys);
    }

    [Fact]
    public async Task A_push_token_that_changed_offline_is_registered_at_the_next_open()
    {
        await using var world = await PhoneWorld.StartAsync();
        var phone = await world.EnrolledAsync(DevicePlatform.Android);
        await phone.SetOfflineAsync(true, Stop);
        await phone.RotatePushTokenAsync(Stop);
        await phone.SetOfflineAsync(false, Stop);
        Assert.Equal(0, world.Api.Count("device/push-handle"));

        await phone.OpenAppAsync(Stop);

        Assert.Equal(1, world.Api.Count("device/push-handle"));
    }

    [Theory]
    [InlineData(PushHandleKind.Apns, "^[0-9a-f]{64}$")]
    [InlineData(PushHandleKind.FcmToken, "^[A-Za-z0-9_-]{22}:[A-Za-z0-9_-]{140}$")]
    [InlineData(PushHandleKind.FcmFid, "^[A-Za-z0-9_-]{22}$")]
    public void A_push_token_looks_like_that_of_its_network(PushHandleKind kind, string pattern) =>
        Assert.Matches(pattern, PushAddress.Create(kind, PushEnvironment.Production).Token);
}
