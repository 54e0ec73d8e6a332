using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Devices;

public sealed class RemoveDeviceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_removed_phone_is_told_resets_and_confirms_while_the_other_one_stays()
    {
        await using var test = await TestCloud.StartAsync();
        var user = await test.NewUserAsync(phones: 2, accounts: 3);
        var admin = test.Admin();

        var accepted = await admin.RemoveAsync(user.UserId, user.DeviceIds[0], "lost", Stop);
        var ended = await test.EndedAsync(user, accepted.OperationId);

        Assert.Equal(OperationStatus.Succeeded, ended.Status);
        await test.UntilAsync(
            async () => (await admin.UserAsync(user.UserId, Stop)).Revocations.Single() is { State: RevocationState.Confirmed } told ? told : null,
            "the phone confirmed");
        Assert.Null(user.Phones[0].State.Registration);
        Assert.NotNull(user.Phones[1].State.Registration);
        var device = Assert.Single((await admin.UserAsync(user.UserId, Stop)).Devices);
        Assert.Equal(user.DeviceIds[1], device.DeviceId);
        Assert.True(device.IsActive);
    }
}
