using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using BlokSec.Local.Faults;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Revocations;

public sealed class WithdrawRemovalTests(HoldCloud cloud) : IClassFixture<HoldCloud>
{
    private readonly TestCloud test = cloud.Test;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mistake_taken_back_leaves_phone_active_device_and_push_handle_as_they_were_and_the_phone_signs_in()
    {
        var user = await test.NewUserAsync(phones: 2);
        var (before, device) = (await test.UserDocumentAsync(user), await test.DeviceAsync(user, 0));
        var held = await test.HeldAsync(user);
        await user.Phones[0].OpenAppAsync(Stop);

        var withdrawn = await test.Admin().WithdrawAsync(user.UserId, held.OperationId, "It was the wrong phone");

        Assert.Equal(200, withdrawn.Status);
        var details = withdrawn.Read<OperationDetails>();
        Assert.Equal((OperationStatus.Withdrawn, "Alice Adams", null), (details.Status, details.WithdrawnBy, details.HeldUntil));
        var after = await test.UserDocumentAsync(user);
        Assert.Equal((before.ActiveDeviceId, 2), (after.ActiveDeviceId, after.DeviceCount));
        Assert.Equal(
            device with { LastActiveAt = default, ETag = null }, (await test.DeviceAsync(user, 0)) with { LastActiveAt = default, ETag = null });
        Assert.Empty(await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType));
        var entry = Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.RemovalWithdrawn);
        Assert.Equal(("It was the wrong phone", held.OperationId, AuditActorKinds.Administrator), (entry.Reason, entry.OperationId, entry.Actor.Kind));
        await SignInAsync(user);
        await AssertUntouchedAsync(user, held);
    }

    [Fact]
    public async Task Taking_back_twice_is_taking_back_once_and_the_same_phone_can_be_removed_again()
    {
        var user = await test.NewUserAsync();
        var held = await test.HeldAsync(user);

        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
        Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.RemovalWithdrawn);

        var again = await test.HeldAsync(user);
        Assert.NotEqual(held.OperationId, again.OperationId);
        Assert.Equal(403, (await test.StatusAsync(user.Signer(0))).Status);
        await test.PassAsync(HoldCloud.Hold + TimeSpan.FromSeconds(1));
        await test.SucceededAsync(user, again.OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Equal(OperationStatus.Withdrawn, (await test.Admin().OperationAsync(user.UserId, held.OperationId, Stop)).Status);
    }

    [Fact]
    public async Task What_is_over_or_never_waited_cannot_be_taken_back()
    {
        var (late, unheld) = (await test.NewUserAsync(), await test.NewUserAsync());
        OperationDetails held;
        using (test.BusOut())
        {
            held = await test.HeldAsync(late);
        }

        await test.PassAsync(HoldCloud.Hold);
        Assert.Equal((409, ProblemCodes.Conflict), Code(await test.Admin().WithdrawAsync(late.UserId, held.OperationId)));
        Assert.True(await test.ResumeAsync());
        await test.SucceededAsync(late, held.OperationId);
        Assert.Equal((409, ProblemCodes.Conflict), Code(await test.Admin().WithdrawAsync(late.UserId, held.OperationId)));

        var removed = (await test.Admin().RemoveWithoutHoldAsync(unheld.UserId, unheld.DeviceIds[0])).Read<OperationDetails>();
        Assert.Equal((409, ProblemCodes.Conflict), Code(await test.Admin().WithdrawAsync(unheld.UserId, removed.OperationId)));
    }

    [Fact]
    public async Task I9_Neither_readers_nor_other_tenants_take_anything_back()
    {
        var user = await test.NewUserAsync();
        var held = await test.HeldAsync(user);

        Assert.Equal((403, ProblemCodes.Forbidden), Code(await test.Admin(TestCloud.Reader).WithdrawAsync(user.UserId, held.OperationId)));
        Assert.Equal((404, ProblemCodes.NotFound), Code(await test.Admin(TestCloud.Neighbour).WithdrawAsync(user.UserId, held.OperationId)));
        Assert.Equal((404, ProblemCodes.NotFound), Code(await test.Admin().WithdrawAsync(user.UserId, Guid.NewGuid().ToString("N"))));
        Assert.Equal(OperationStatus.NotStarted, (await test.OperationDocumentAsync(user, held.OperationId)).Status);
    }

    [Fact]
    public async Task I1_A_phone_that_comes_back_is_as_suspended_and_knows_as_many_accounts_as_its_user_by_then()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 2);
        var held = await test.HeldAsync(user);
        var suspended = await test.Admin().SendAsync(HttpMethod.Post, $"users/{user.UserId}/suspension", new SuspendUserRequest("on leave"));
        Assert.Equal(204, suspended.Status);
        var account = (await test.Admin().UserAsync(user.UserId, Stop)).Accounts.Accounts[0];
        Assert.Equal(204, (await test.Admin().SendAsync(HttpMethod.Delete, $"users/{user.UserId}/accounts/{account.AccountId}", null)).Status);

        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);

        var owner = await test.UserDocumentAsync(user);
        var device = await test.DeviceAsync(user, 0);
        Assert.Equal((owner.Suspension!.At, owner.AccountsVersion), (device.SuspendedAt, device.AccountsVersion));
        await user.Phones[0].OpenAppAsync(Stop);
        Assert.Single(user.Phones[0].State.Accounts!.Accounts);
    }

    [Fact]
    public async Task I14_A_user_never_gets_more_phones_than_allowed_by_taking_back()
    {
        var user = await test.NewUserAsync();
        var held = await test.HeldAsync(user);
        await test.PatchAsync(user, UserDocument.DocumentId, PatchOperation.Set("/deviceCount", UserDocument.MaxDevices));

        Assert.Equal((409, ProblemCodes.DeviceLimit), Code(await test.Admin().WithdrawAsync(user.UserId, held.OperationId)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I2_Of_a_withdrawal_and_the_end_of_the_hold_at_the_same_moment_exactly_one_takes_effect(bool isWithdrawn)
    {
        var user = await test.NewUserAsync();
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        var held = await test.HeldAsync(user);
        var second = TimeSpan.FromSeconds(1);
        if (isWithdrawn)
        {
            // The end is decided, and stopped right before it is written.
            using var ending = new HeldRequest(test, "batch", user.UserId);
            await test.PassAsync(HoldCloud.Hold + second);
            await ending.ArrivedAsync();
            test.Time.Advance(-(HoldCloud.Hold + second));
            Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
            ending.Release();
            await test.PassAsync(HoldCloud.Hold + second);
            await AssertUntouchedAsync(user, held);
        }
        else
        {
            using var withdrawing = new HeldRequest(test, "batch", user.UserId);
            var withdrawal = test.Admin().WithdrawAsync(user.UserId, held.OperationId);
            await withdrawing.ArrivedAsync();
            await test.PassAsync(HoldCloud.Hold + second);
            await test.SucceededAsync(user, held.OperationId);
            withdrawing.Release();
            Assert.Equal((409, ProblemCodes.Conflict), Code(await withdrawal));
            await test.ConfirmedAsync(user, user.DeviceIds[0]);
            Assert.Equal(1, test.PushesTo(handle));
        }
    }

    [Theory]
    [InlineData(FaultStage.Before)]
    [InlineData(FaultStage.After)]
    public async Task I4_A_withdrawal_whose_answer_was_lost_is_asked_for_again(FaultStage when)
    {
        var user = await test.NewUserAsync();
        var held = await test.HeldAsync(user);
        using (test.Traffic.Add(new FaultRule
        {
            StandIn = "cosmos",
            Operation = "batch",
            Contains = user.UserId,
            Status = 503,
            Stage = when,
        }))
        {
            Assert.Equal(503, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
        }

        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
        Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.RemovalWithdrawn);
        await AssertUntouchedAsync(user, held);
    }

    [Fact]
    public async Task A_removal_at_one_instance_is_taken_back_at_the_other()
    {
        var user = await test.NewUserAsync();
        var held = await test.HeldAsync(user);
        using var there = new AdminClient(cloud[1], test.Cloud.SignIn.Address, TestCloud.Alice);

        Assert.Equal(403, (await test.CallAsync(HttpMethod.Get, "mobile/device/status", user.Signer(0), null, cloud[1])).Status);
        Assert.Equal(200, (await there.WithdrawAsync(user.UserId, held.OperationId)).Status);

        Assert.Equal(200, (await test.StatusAsync(user.Signer(0))).Status);
        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, held.OperationId)).Status);
        await AssertUntouchedAsync(user, held);
    }

    [Fact]
    public async Task Of_two_removals_on_hold_each_is_taken_back_by_itself()
    {
        var user = await test.NewUserAsync(phones: 3);
        var (first, second) = (await test.HeldAsync(user, 0), await test.HeldAsync(user, 1));

        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, second.OperationId)).Status);
        Assert.Equal(200, (await test.Admin().WithdrawAsync(user.UserId, first.OperationId)).Status);

        var owner = await test.UserDocumentAsync(user);
        Assert.Equal((3, user.DeviceIds[0]), (owner.DeviceCount, owner.ActiveDeviceId));
    }

    private async Task SignInAsync(TestUser user)
    {
        var asked = await test.AskAsync(user);
        var shown = await SignInTest.ShownAsync(user.Phones[0]);
        Assert.Equal(200, (await test.AnswerAsync(user, shown, asked.Number)).Status);
    }

    /// <summary>Long after the hold, with messages that come again, nothing of the removal happens.</summary>
    private async Task AssertUntouchedAsync(TestUser user, OperationDetails held)
    {
        await test.PassAsync(HoldCloud.Hold + TimeSpan.FromMinutes(5));
        Assert.True(await test.ResumeAsync());
        await test.ComeAgainAsync(await test.OperationDocumentAsync(user, held.OperationId));
        await test.QuietAsync();
        Assert.Equal(OperationStatus.Withdrawn, (await test.OperationDocumentAsync(user, held.OperationId)).Status);
        Assert.Equal(200, (await test.StatusAsync(user.Signer(0))).Status);
        await user.Phones[0].OpenAppAsync(Stop);
        Assert.NotNull(user.Phones[0].State.Registration);
        Assert.DoesNotContain(
            test.Cloud.Apns.Accepted.Concat(test.Cloud.Fcm.Accepted),
            push => push.Token == user.Phones[0].State.PushAddress.Token && push.Text.Contains("device-revoked", StringComparison.Ordinal));
    }

    private static (int, string?) Code(AdminAnswer answer) => (answer.Status, answer.Code);
}
