using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

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

    [Fact]
    public async Task A_removal_that_was_carried_out_by_an_operation_that_is_gone_is_answered()
    {
        await using var test = await TestCloud.StartAsync();
        var user = await test.NewUserAsync(phones: 2);
        await ForgetAsync(test, user, await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop));

        var refused = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);
        Assert.Equal((409, ProblemCodes.Conflict), (refused.Status, refused.Code));

        await ForgetAsync(test, user, await test.Admin().UnregisterAsync(user.UserId, null, Stop));

        refused = await test.Admin().UnregistrationAsync(user.UserId);
        Assert.Equal((409, ProblemCodes.AlreadyUnregistered), (refused.Status, refused.Code));
    }

    private static async Task ForgetAsync(TestCloud test, TestUser user, OperationDetails operation)
    {
        await test.EndedAsync(user, operation.OperationId);
        using var deleted = await test.Cloud.Container.DeleteItemStreamAsync(
            OperationDocument.IdOf(operation.OperationId), user.Key(), cancellationToken: Stop);
        Assert.True(deleted.IsSuccessStatusCode);
    }
}
