using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Promises;

public sealed class OnceInEffectTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I4_Every_message_that_comes_again_after_the_end_changes_nothing()
    {
        var user = await test.NewUserAsync(phones: 3, accounts: 5);
        await test.RemovedAsync(user, 0);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var (before, pushes) = (await test.TextAsync(user), Pushes());

        foreach (var operation in await OperationsAsync(user))
        {
            await test.ComeAgainAsync(operation);
            await test.ComeAgainAsync(operation);
        }

        Assert.Equal(before, await test.TextAsync(user));
        Assert.Equal(pushes, Pushes());
        AssertNoDeadLetters();
    }

    [Fact]
    public async Task I4_Messages_of_an_unregistration_that_come_after_the_claim_leave_the_new_phone_and_its_accounts_alone()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 5);
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        var claim = await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var (phone, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519));
        Assert.Equal(201, (await test.RedeemAsync(phone, didKey, claim.Code, handle)).Status);
        await test.AtRestAsync(user);
        var (before, pushes) = (await test.TextAsync(user), Pushes());

        foreach (var operation in await OperationsAsync(user))
        {
            await test.ComeAgainAsync(operation);
        }

        Assert.Equal(before, await test.TextAsync(user));
        Assert.Equal(pushes, Pushes());
        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Equal(didKey.Did, account.Did));
        Assert.Equal(200, (await test.StatusAsync(phone)).Status);
    }

    [Fact]
    public async Task I4_Messages_of_all_lives_of_a_user_in_the_wrong_order_bring_none_of_the_old_DIDs_back()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 3);
        var last = PhoneKey.Create(KeyKind.P256);
        foreach (var didKey in new[] { PhoneKey.Create(KeyKind.Ed25519), PhoneKey.Create(KeyKind.P256), last })
        {
            var claim = await test.UnregisteredAsync(user);
            Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), didKey, claim.Code)).Status);
            await test.AtRestAsync(user);
        }

        var before = await test.TextAsync(user);
        foreach (var operation in (await OperationsAsync(user)).Reverse())
        {
            await test.ComeAgainAsync(operation);
        }

        Assert.Equal(before, await test.TextAsync(user));
        Assert.All(
            await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType),
            account => Assert.Equal((last.Did, 4L), (account.Did, account.Epoch)));
    }

    [Fact]
    public async Task I4_A_bus_that_doubles_and_reorders_every_message_does_the_work_once()
    {
        var user = await test.NewUserAsync(phones: 4, accounts: 250);
        var handles = await SilentAsync(user);
        using (test.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "send", Duplicate = true }))
        using (test.Traffic.Add(new FaultRule { StandIn = "servicebus", Operation = "receive", Reorder = true }))
        {
            await test.UnregisteredAsync(user);
            await test.AtRestAsync(user);
        }

        await AssertDoneOnceAsync(user, handles);
    }

    [Fact]
    public async Task I4_The_timer_in_the_middle_of_the_work_doubles_nothing()
    {
        var user = await test.NewUserAsync(phones: 4, accounts: 250);
        var handles = await SilentAsync(user);
        using (var turnstile = new Turnstile(test, Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.DidResets))
        {
            await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await turnstile.WaitingAsync(Queues.Revocations);
            await test.ResumeAsync();
            await turnstile.LetThroughAsync(Queues.Revocations);
            await turnstile.WaitingAsync(Queues.DidResets);
            await test.ResumeAsync();
            await turnstile.LetThroughAsync(Queues.DidResets);
            await test.ResumeAsync();
        }

        await test.AtRestAsync(user);
        await test.ResumeAsync();
        await test.AtRestAsync(user);
        await AssertDoneOnceAsync(user, handles);
    }

    [Fact]
    public async Task I4_The_timer_finds_nothing_to_do_when_all_is_done()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 3);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var (before, mark) = (await test.TextAsync(user, "c.type != 'proof'"), test.Traffic.Mark);

        for (var minute = 0; minute < 3; minute++)
        {
            Assert.True(await test.ResumeAsync());
            await test.PassAsync(TimeSpan.FromMinutes(11));
        }

        Assert.DoesNotContain(
            test.Traffic.Since(mark),
            seen => seen is { StandIn: "servicebus", Operation: "send" } && seen.Searchable.Contains(user.UserId, StringComparison.Ordinal));
        Assert.Equal(before, await test.TextAsync(user, "c.type != 'proof'"));
    }

    [Fact]
    public async Task I4_Asking_for_the_same_again_gives_the_same_operation_and_changes_nothing()
    {
        var user = await test.NewUserAsync(phones: 2);
        var removal = await test.RemovedAsync(user, 0);
        await test.UnregisteredAsync(user);
        await test.AtRestAsync(user);
        var unregistration = (await test.UserDocumentAsync(user)).UnregistrationOperationId;
        var (before, pushes) = (await test.TextAsync(user), Pushes());

        var removedAgain = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);
        var unregisteredAgain = await test.Admin().UnregistrationAsync(user.UserId, "another-key");

        Assert.Equal((200, removal.OperationId), (removedAgain.Status, removedAgain.Read<OperationDetails>().OperationId));
        Assert.Equal((200, unregistration), (unregisteredAgain.Status, unregisteredAgain.Read<OperationDetails>().OperationId));
        Assert.Equal(before, await test.TextAsync(user));
        Assert.Equal(pushes, Pushes());
    }

    [Fact]
    public async Task I4_A_phone_that_asks_and_confirms_again_and_again_is_recorded_once()
    {
        var user = await test.NewUserAsync(phones: 2);
        var signer = user.Signer(0);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        await test.AtRestAsync(user);

        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => test.StatusAsync(signer)));
        var confirmed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => test.EraseAsync(signer)));

        Assert.All(asked, answer => Assert.Equal(410, answer.Status));
        Assert.Single(asked.Select(answer => answer.Statement).Distinct());
        Assert.All(confirmed, answer => Assert.Equal(204, answer.Status));
        var told = await test.RevocationAsync(user, user.DeviceIds[0]);
        Assert.Equal(["Blocked", "PushAccepted", "LearnedAtNextOpen", "Confirmed"], told.Timeline.Select(at => at.What));
        var audit = await test.AuditAsync(user);
        Assert.Single(audit, entry => entry.Action == AuditActions.RemovalLearned);
        Assert.Single(audit, entry => entry.Action == AuditActions.RemovalConfirmed);
    }

    /// <summary>Lets the user's phones confirm nothing, so that what is seen is what the functions did; gives their push handles.</summary>
    private static async Task<string[]> SilentAsync(TestUser user)
    {
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, Stop)));
        return [.. user.Phones.Select(phone => phone.State.PushAddress.ToHandle().Value)];
    }

    private async Task AssertDoneOnceAsync(TestUser user, string[] handles)
    {
        var audit = await test.AuditAsync(user);
        Assert.Single(audit, entry => entry.Action == AuditActions.UserUnregistered);
        Assert.Single(audit, entry => entry.Action == AuditActions.DevicesDeleted);
        Assert.Single(audit, entry => entry.Action == AuditActions.ClaimCreated);
        Assert.Single(audit, entry => entry.Action == AuditActions.OperationFinished);
        Assert.DoesNotContain(audit, entry => entry.Alert);
        foreach (var deviceId in user.DeviceIds)
        {
            Assert.Single(audit, entry => entry.Action == AuditActions.PushChanged && entry.Targets.Contains(deviceId));
            var told = await test.RevocationAsync(user, deviceId);
            Assert.Equal(["Blocked", "PushAccepted"], told.Timeline.Select(at => at.What));
        }

        // A push that was sent twice at the same moment is the same push: same id where the provider knows one, same text.
        var pushes = test.Cloud.Apns.Accepted.Concat(test.Cloud.Fcm.Accepted).Where(push => handles.Contains(push.Token)).ToArray();
        Assert.Equal(handles.Length, pushes.Select(push => push.Token).Distinct().Count());
        Assert.Equal(handles.Length, pushes.Select(push => push.Text).Distinct().Count());
        var apple = pushes.Where(push => push.Provider == "apns").ToArray();
        Assert.Equal(apple.Select(push => push.Token).Distinct().Count(), apple.Select(push => push.Id).Distinct().Count());
        AssertNoDeadLetters();
    }

    private async Task<IReadOnlyList<OperationDocument>> OperationsAsync(TestUser user) =>
        [.. (await test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType)).OrderBy(operation => operation.RequestedAt)];

    private int Pushes() => test.Cloud.Apns.Accepted.Count + test.Cloud.Fcm.Accepted.Count;

    private void AssertNoDeadLetters() => Assert.All(
        new[] { Queues.Revocations, Queues.RevokePushes, Queues.DeviceDeletions, Queues.DidResets },
        queue => Assert.Equal(0, test.Cloud.ServiceBus.Count(queue).DeadLettered));
}
