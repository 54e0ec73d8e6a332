using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Promises;

public sealed class BlockedAtOnceTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task I1_From_the_answer_on_every_signed_call_of_the_removed_phone_only_tells_that_it_was_removed(int phone)
    {
        var user = await test.NewUserAsync(phones: 2);
        var (removed, other) = (user.Signer(phone), user.Signer(1 - phone));
        using (test.BusOut())
        {
            var accepted = await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[phone], "lost", Stop);

            Assert.Equal(OperationStatus.NotStarted, accepted.Status);
            AssertRemoved(await test.StatusAsync(removed));
            AssertRemoved(await test.PutHandleAsync(removed, user.Phones[phone].State.PushAddress.ToHandle()));
            Assert.Equal(204, (await test.EraseAsync(removed)).Status);
            AssertRemoved(await test.StatusAsync(removed));
            Assert.Equal(200, (await test.StatusAsync(other)).Status);
        }

        var device = (await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType)).Single(at => at.DeviceId == user.DeviceIds[phone]);
        Assert.Equal(DeviceState.Revoked, device.State);
        Assert.True(device.LastActiveAt < test.Time.GetUtcNow().AddMinutes(-5), "A refused call counts as no activity.");
    }

    [Fact]
    public async Task I1_An_unregistration_blocks_all_phones_and_the_backup_at_once()
    {
        var user = await test.NewUserAsync(phones: 4);
        var signers = Enumerable.Range(0, 4).Select(user.Signer).ToArray();
        var didKey = user.DidKey();
        using var held = test.BusOut();

        await test.Admin().UnregisterAsync(user.UserId, null, Stop);

        foreach (var signer in signers)
        {
            AssertRemoved(await test.StatusAsync(signer));
            AssertRemoved(await test.PutHandleAsync(signer, user.Phones[0].State.PushAddress.ToHandle()));
        }

        var restored = await test.RestoreAsync(user.NewSigner(), didKey);
        Assert.Equal((403, ProblemCodes.DidRetired), (restored.Status, restored.ProblemCode));
        Assert.Empty((await test.Admin().UserAsync(user.UserId, Stop)).Devices);
    }

    [Fact]
    public async Task I1_A_removal_wins_against_calls_of_the_phone_at_the_same_moment()
    {
        for (var round = 0; round < 8; round++)
        {
            var user = await test.NewUserAsync(phones: 2);
            await user.Phones[0].SetLosePushesAsync(true, Stop);
            var signer = user.Signer(0);
            var handle = user.Phones[0].State.PushAddress.ToHandle();

            var calls = Task.WhenAll(
                test.PutHandleAsync(signer, handle), test.StatusAsync(signer), test.PutHandleAsync(signer, handle), test.StatusAsync(signer));
            await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);

            AssertRemoved(await test.StatusAsync(signer));
            Assert.All(await calls, answer => Assert.Contains(answer.Status, new int?[] { 200, 204, 410 }));
            AssertRemoved(await test.PutHandleAsync(signer, handle));
            var owner = await test.UserDocumentAsync(user);
            Assert.Equal((1, user.DeviceIds[1]), (owner.DeviceCount, owner.ActiveDeviceId));
            Assert.DoesNotContain(
                await test.AllAsync<DeviceDocument>(user, DeviceDocument.DocumentType),
                device => device.DeviceId == user.DeviceIds[0] && device.State == DeviceState.Active);
        }
    }

    [Fact]
    public async Task I1_An_unregistration_leaves_no_phone_that_was_restored_at_the_same_moment()
    {
        for (var round = 0; round < 8; round++)
        {
            var user = await test.NewUserAsync(phones: 1);
            var (late, didKey) = (user.NewSigner(), user.DidKey());

            var restoring = test.RestoreAsync(late, didKey);
            var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            var afterwards = await test.StatusAsync(late);
            var restored = await restoring;

            Assert.Contains((restored.Status, afterwards.Status), new (int?, int?)[] { (201, 410), (403, 401) });
            await test.SucceededAsync(user, accepted.OperationId);
            Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        }
    }

    [Fact]
    public async Task I1_A_removed_device_key_never_becomes_a_device_again()
    {
        var user = await test.NewUserAsync(phones: 2);
        var (removed, didKey) = (user.Signer(0), user.DidKey());
        await test.RemovedAsync(user, 0);

        var restored = await test.RestoreAsync(removed, didKey);
        AssertRemoved(restored);

        var claim = await test.UnregisteredAsync(user);
        var redeemed = await test.RedeemAsync(removed, PhoneKey.Create(KeyKind.P256), claim.Code);
        AssertRemoved(redeemed);
        Assert.Equal(ClaimState.Open, (await test.Admin().ClaimAsync(user.UserId, Stop)).State);
        AssertRemoved(await test.StatusAsync(removed));
    }

    [Fact]
    public async Task I1_The_active_device_is_never_one_that_is_removed_at_the_same_moment()
    {
        for (var round = 0; round < 5; round++)
        {
            var user = await test.NewUserAsync(phones: 3);
            var admin = test.Admin();
            var choosing = admin.SetActiveAsync(user.UserId, user.DeviceIds[2], "*");
            await admin.RemoveAsync(user.UserId, user.DeviceIds[2], null, Stop);
            await choosing;

            Assert.NotEqual(user.DeviceIds[2], (await test.UserDocumentAsync(user)).ActiveDeviceId);
        }
    }

    private static void AssertRemoved(ApiAnswer answer)
    {
        Assert.Equal((410, ProblemCodes.DeviceRemoved), (answer.Status, answer.ProblemCode));
        Assert.NotNull(answer.Statement);
    }
}
