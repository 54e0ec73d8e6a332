using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Promises;

public sealed class UnregisterIsCompleteTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Queues.DeviceDeletions, Queues.DidResets)]
    [InlineData(Queues.DidResets, Queues.DeviceDeletions)]
    public async Task I6_There_is_no_claim_before_the_last_device_is_deleted_and_the_last_account_reset(string first, string last)
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 120);
        var did = user.DidKey().Did;
        OperationDetails accepted;
        using (var turnstile = new Turnstile(test, Queues.Revocations, first, last))
        {
            accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await AssertNoClaimAsync(user, accepted, OperationStatus.NotStarted);
            await turnstile.LetThroughAsync(Queues.Revocations);
            await AssertNoClaimAsync(user, accepted, OperationStatus.Running);
            await turnstile.LetThroughAsync(first);
            await AssertNoClaimAsync(user, accepted, OperationStatus.Running);
            await turnstile.LetThroughAsync(last);
        }

        var ended = await test.Admin().OperationAsync(user.UserId, accepted.OperationId, Stop);
        Assert.Equal(OperationStatus.Succeeded, ended.Status);
        Assert.All(ended.Steps, step => Assert.Equal((OperationStatus.Succeeded, step.Total), (step.Status, step.Completed)));
        await AssertCompleteAsync(user, did);
        await test.ClaimLinkAsync(user);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(1, 0)]
    [InlineData(30, 1)]
    [InlineData(2, 234)]
    public async Task I6_At_the_end_no_device_is_left_and_the_old_DID_is_on_no_account(int phones, int accounts)
    {
        var user = await test.NewUserAsync(phones, accounts);
        var did = (await test.UserDocumentAsync(user)).Did!;

        await test.UnregisteredAsync(user);

        await AssertCompleteAsync(user, did);
        var told = await test.Admin().UserAsync(user.UserId, Stop);
        Assert.Equal((DidState.Unclaimed, null, null, 2L), (told.DidState, told.Did, told.ActiveDeviceId, told.Epoch));
        Assert.Empty(told.Devices);
        Assert.Equal(ClaimState.Open, told.Claim?.State);
        Assert.Equal(phones, told.Revocations.Count);
    }

    [Fact]
    public async Task I6_A_device_whose_removal_was_never_carried_out_is_gone_too()
    {
        var user = await test.NewUserAsync(phones: 2);
        var did = user.DidKey().Did;
        OperationDetails removal;
        using (test.BusOut())
        {
            removal = await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop);
        }

        await test.UnregisteredAsync(user);

        await AssertCompleteAsync(user, did);
        Assert.Equal(OperationStatus.NotStarted, (await test.Admin().OperationAsync(user.UserId, removal.OperationId, Stop)).Status);
        await test.ResumeAsync();
        await test.SucceededAsync(user, removal.OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Fact]
    public async Task I6_Sign_ins_that_wait_for_a_removed_phone_end_and_those_of_another_phone_go_on()
    {
        var user = await test.NewUserAsync(phones: 2);
        var requests = (await test.DocumentsAsync(user, "c.type = 'authenticationRequest'")).Keys.Take(3);
        foreach (var (request, phone) in requests.Zip([0, 0, 1]))
        {
            await test.PatchAsync(
                user,
                request,
                PatchOperation.Set("/status", "pending"),
                PatchOperation.Set("/deviceId", user.DeviceIds[phone]),
                PatchOperation.Set("/expiresAt", test.Time.GetUtcNow().AddMinutes(5)),
                PatchOperation.Set<DateTimeOffset?>("/respondedAt", null));
        }

        await test.RemovedAsync(user, 0);
        Assert.Equal(["superseded", "superseded", "pending"], await StatesAsync(user));

        await test.UnregisteredAsync(user);
        Assert.Equal(["superseded", "superseded", "superseded"], await StatesAsync(user));
    }

    [Fact]
    public async Task I6_A_second_life_ends_as_completely_as_the_first()
    {
        var user = await test.NewUserAsync(phones: 2, accounts: 12);
        await test.UnregisteredAsync(user);
        var phone = test.NewPhone();
        await phone.EnrollAsync((await test.Admin().ClaimAsync(user.UserId, Stop)).Link!, Stop);
        var did = phone.State.Registration!.DidKey.Did;
        await test.AtRestAsync(user);
        Assert.All(await AccountsAsync(user), account => Assert.Equal(did, account.Did));

        var claim = await test.UnregisteredAsync(user);

        await AssertCompleteAsync(user, did);
        await test.AtRestAsync(user);
        Assert.Null(phone.State.Registration);
        var next = test.NewPhone(DevicePlatform.Android);
        await next.EnrollAsync((await test.Admin().ClaimAsync(user.UserId, Stop)).Link!, Stop);
        Assert.Equal((claim.UserId, 3L), (next.State.Registration?.UserId, next.State.Registration?.Epoch));
    }

    private async Task AssertNoClaimAsync(TestUser user, OperationDetails accepted, OperationStatus status)
    {
        var told = await test.Admin().UserAsync(user.UserId, Stop);
        Assert.Equal((DidState.Resetting, null, status), (told.DidState, told.Claim, told.Operations.Single().Status));
        Assert.Equal(accepted.OperationId, told.Operations.Single().OperationId);
        Assert.Equal(404, (await test.Admin().AskAsync($"users/{user.UserId}/claim")).Status);
        Assert.Equal(404, (await test.Admin().AskAsync($"users/{user.UserId}/claim/qr")).Status);
        var renewal = await test.Admin().RenewAsync(user.UserId);
        Assert.Equal((409, ProblemCodes.OperationInProgress), (renewal.Status, renewal.Code));
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'claim'"));
    }

    private async Task AssertCompleteAsync(TestUser user, string oldDid)
    {
        Assert.Empty(await test.DocumentsAsync(user, "c.type = 'device'"));
        Assert.All(await AccountsAsync(user), account => Assert.Null(account.Did));
        var owner = await test.UserDocumentAsync(user);
        Assert.NotEqual(oldDid, owner.Did);
        Assert.Equal((0, null), (owner.DeviceCount, owner.Did));
        Assert.Equal(owner.AccountCount, (await AccountsAsync(user)).Count);
    }

    private Task<IReadOnlyList<AccountDocument>> AccountsAsync(TestUser user) =>
        test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType);

    private async Task<IEnumerable<string?>> StatesAsync(TestUser user) =>
        from document in (await test.DocumentsAsync(user, "c.type = 'authenticationRequest'")).Values
        orderby document.GetProperty("id").GetString()
        select document.GetProperty("status").GetString() into status
        where status is "pending" or "superseded"
        select status;
}
