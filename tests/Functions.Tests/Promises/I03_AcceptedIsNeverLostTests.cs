using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Promises;

public sealed class AcceptedIsNeverLostTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I3_A_removal_that_was_accepted_while_the_bus_was_out_is_done_later_by_itself()
    {
        var user = await test.NewUserAsync(phones: 2);
        string operationId;
        using (test.BusOut())
        {
            var answer = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);
            Assert.Equal(202, answer.Status);
            operationId = answer.Read<OperationDetails>().OperationId;
            await test.ResumeAsync();
            Assert.Equal(OperationStatus.NotStarted, (await test.Admin().OperationAsync(user.UserId, operationId, Stop)).Status);
        }

        await test.ResumeAsync();

        await test.SucceededAsync(user, operationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
    }

    [Fact]
    public async Task I3_An_unregistration_that_was_accepted_while_the_bus_was_out_is_done_later_by_itself()
    {
        var user = await test.NewUserAsync(phones: 3, accounts: 7);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
        }

        await test.ResumeAsync();

        await test.SucceededAsync(user, operationId);
        await test.ClaimLinkAsync(user);
        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Null(account.Did));
        await Task.WhenAll(user.DeviceIds.Select(deviceId => test.ConfirmedAsync(user, deviceId)));
    }

    [Fact]
    public async Task I3_A_redemption_whose_work_was_not_queued_is_taken_up_when_the_phone_asks_again_without_the_timer()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 7);
        var claim = await test.UnregisteredAsync(user);
        var (signer, didKey) = (user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519));
        using (test.BusOut())
        {
            Assert.Equal(201, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
            Assert.Equal(200, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        }

        var mark = test.Traffic.Mark;
        Assert.Equal(200, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);

        await test.AtRestAsync(user);
        Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Equal(didKey.Did, account.Did));
        var sent = test.Traffic.Since(mark).Count(IsSend);
        Assert.Equal(200, (await test.RedeemAsync(signer, didKey, claim.Code)).Status);
        Assert.Equal((1, 1), (sent, test.Traffic.Since(mark).Count(IsSend)));

        bool IsSend(SeenRequest request) =>
            request is { StandIn: "servicebus", Operation: "send" } && request.Searchable.Contains(user.UserId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task I3_A_claim_that_was_redeemed_while_the_bus_was_out_binds_the_accounts_later_by_itself()
    {
        var user = await test.NewUserAsync(phones: 1, accounts: 7);
        var claim = await test.UnregisteredAsync(user);
        var didKey = PhoneKey.Create(KeyKind.Ed25519);
        using (test.BusOut())
        {
            Assert.Equal(201, (await test.RedeemAsync(user.NewSigner(), didKey, claim.Code)).Status);
            Assert.All(await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType), account => Assert.Null(account.Did));
        }

        await test.ResumeAsync();

        await test.UntilAsync(
            async () => (await test.AllAsync<AccountDocument>(user, AccountDocument.DocumentType)).All(account => account.Did == didKey.Did)
                ? user
                : null,
            "all accounts have the new DID");
    }

    [Theory]
    [InlineData("revoke-pushes")]
    [InlineData("device-deletions")]
    [InlineData("did-resets")]
    public async Task I3_A_bus_that_fails_in_the_middle_of_the_work_only_delays_it(string queue)
    {
        var user = await test.NewUserAsync(phones: 3);
        string operationId;
        using (test.BusOut(queue))
        {
            var mark = test.Traffic.Mark;
            operationId = (await test.Admin().UnregisterAsync(user.UserId, null, Stop)).OperationId;
            await test.Traffic.WaitAsync(
                () => test.Traffic.Since(mark).Any(seen => seen.Status == 503 && seen.Path.Contains(queue, StringComparison.Ordinal)), Stop);
            Assert.NotEqual(
                OperationStatus.Succeeded, (await test.Admin().OperationAsync(user.UserId, operationId, Stop)).Status);
        }

        await test.ResumeAsync();

        await test.SucceededAsync(user, operationId);
        await Task.WhenAll(user.DeviceIds.Select(deviceId => test.ConfirmedAsync(user, deviceId)));
        await test.ClaimLinkAsync(user);
    }

    [Theory]
    [InlineData("servicebus", "send")]
    [InlineData("cosmos", "batch")]
    public async Task I3_An_answer_that_is_lost_after_its_effect_loses_and_doubles_nothing(string standIn, string operation)
    {
        var user = await test.NewUserAsync(phones: 2);
        AdminAnswer answer;
        using (test.Traffic.Add(new FaultRule { StandIn = standIn, Operation = operation, Stage = FaultStage.After, Drop = true, Times = 1 }))
        {
            answer = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "the-same-key");
        }

        Assert.Contains(answer.Status, new[] { 200, 202, 503 });
        var again = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0], "the-same-key");
        Assert.Contains(again.Status, new[] { 200, 202 });
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop);
        await test.ResumeAsync();

        await test.SucceededAsync(user, again.Read<OperationDetails>().OperationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Single(await test.DocumentsAsync(user, "c.type = 'operation'"));
        Assert.Equal(1, test.PushesTo(user.Phones[0].State.PushAddress.ToHandle()));
    }

    [Fact]
    public async Task I3_A_database_that_fails_in_the_middle_of_the_work_only_delays_it()
    {
        var user = await test.NewUserAsync(phones: 3, accounts: 5);
        var accepted = default(OperationDetails);
        using (test.BusOut())
        {
            accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
        }

        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Status = 503 }))
        {
            await test.ResumeAsync();
            var mark = test.Traffic.Mark;
            await test.Traffic.WaitAsync(() => test.Traffic.Since(mark).Any(seen => seen is { Operation: "batch", Status: 503 }), Stop);
        }

        await test.UntilAsync(
            async () =>
            {
                test.Later(TimeSpan.FromSeconds(30));
                return (await test.Admin().OperationAsync(user.UserId, accepted.OperationId, Stop)) is { Status: OperationStatus.Succeeded } done
                    ? done
                    : null;
            },
            "the operation succeeded");
        await test.ClaimLinkAsync(user);
    }

    [Fact]
    public async Task I3_An_operation_that_was_given_up_begins_anew_when_somebody_asks_for_it_again()
    {
        var user = await test.NewUserAsync(phones: 2);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], "lost", Stop)).OperationId;
        }

        await test.PatchAsync(
            user,
            OperationDocument.IdOf(operationId),
            PatchOperation.Set("/status", "failed"),
            PatchOperation.Set("/steps/2/status", "failed"));
        await test.ResumeAsync();
        Assert.Equal(OperationStatus.Failed, (await test.Admin().OperationAsync(user.UserId, operationId, Stop)).Status);

        var again = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);

        Assert.Equal((202, operationId), (again.Status, again.Read<OperationDetails>().OperationId));
        await test.SucceededAsync(user, operationId);
        await test.ConfirmedAsync(user, user.DeviceIds[0]);
        Assert.Single(await test.AuditAsync(user), entry => entry.Action == AuditActions.OperationRestarted && entry.Actor.Kind == "administrator");
    }

    [Fact]
    public async Task I3_When_the_database_is_out_nothing_is_accepted_and_nothing_changed()
    {
        var user = await test.NewUserAsync(phones: 2);
        var before = await test.TextAsync(user);
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Status = 503 }))
        {
            var answer = await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);
            Assert.Equal((503, ProblemCodes.Unavailable), (answer.Status, answer.Code));
        }

        Assert.Equal(before, await test.TextAsync(user));
    }
}
