using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.AuthenticationRequests;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Wire;

namespace BlokSec.Functions.Tests.Devices;

/// <summary>Phones that remove themselves and each other twice, at the same moment, and while an administrator does so.</summary>
public sealed class PhoneRemovalFaultTests(TwoInstances instances) : IClassFixture<TwoInstances>
{
    private const int Rounds = 10;

    private TestCloud Test => instances.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I4_A_report_of_a_phone_that_was_removed_before_starts_nothing()
    {
        var user = await NewUserAsync(phones: 2);
        await Test.RemovedAsync(user, 0);
        await Test.QuietAsync();
        var before = await Test.TextAsync(user, "c.type IN ('operation', 'revocation', 'audit')");

        Assert.Equal(204, (await Test.ReportLostAsync(user.Signer(1), user.DidKey(), user.DeviceIds[0])).Status);

        Assert.Equal(before, await Test.TextAsync(user, "c.type IN ('operation', 'revocation', 'audit')"));
    }

    [Fact]
    public async Task I4_A_phone_that_two_others_report_at_the_same_moment_is_removed_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = await NewUserAsync(phones: 3);

            var answers = await Task.WhenAll(
                Test.ReportLostAsync(user.Signer(1), user.DidKey(), user.DeviceIds[0], instances[0]),
                Test.ReportLostAsync(user.Signer(2), user.DidKey(), user.DeviceIds[0], instances[1]));

            Assert.All(answers, answer => Assert.Equal(204, answer.Status));
            await AssertOneAsync(user, AuditActions.DeviceReportedLost);
        }
    }

    [Fact]
    public async Task I1_Of_two_phones_that_report_each_other_at_two_instances_one_wins_and_the_other_learns_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = await NewUserAsync(phones: 2);

            var answers = await Task.WhenAll(
                Test.ReportLostAsync(user.Signer(0), user.DidKey(), user.DeviceIds[1], instances[0]),
                Test.ReportLostAsync(user.Signer(1), user.DidKey(), user.DeviceIds[0], instances[1]));

            Assert.Equal([204, 410], answers.Select(answer => answer.Status!.Value).Order());
            await AssertOneAsync(user, AuditActions.DeviceReportedLost);
        }
    }

    [Fact]
    public async Task I1_A_report_that_a_removal_of_the_reporter_overtakes_removes_nothing()
    {
        var user = await NewUserAsync(phones: 2);
        using var held = new HeldRequest(Test, "batch", user.UserId);
        var reporting = Test.ReportLostAsync(user.Signer(1), user.DidKey(), user.DeviceIds[0]);
        await held.ArrivedAsync();
        Assert.Equal(202, (await Test.Admin().RemovalAsync(user.UserId, user.DeviceIds[1])).Status);
        held.Release();

        Gone(await reporting);
        Assert.Equal(200, (await Test.StatusAsync(user.Signer(0))).Status);
        await AssertOneAsync(user, AuditActions.DeviceRemoved);
    }

    [Fact]
    public async Task I4_A_phone_that_departs_several_times_at_the_same_moment_departs_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var user = await NewUserAsync(phones: 2);

            var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(call => Test.DepartAsync(user.Signer(0), instances[call % 2])));

            Assert.Single(answers, answer => answer.Status == 204);
            Assert.All(answers.Where(answer => answer.Status != 204), Gone);
            await AssertOneAsync(user, AuditActions.DeviceDeparted);
        }
    }

    [Fact]
    public async Task I1_A_departure_that_an_administrators_removal_overtakes_learns_of_that_one()
    {
        var user = await NewUserAsync(phones: 2);
        using var held = new HeldRequest(Test, "batch", user.UserId);
        var departing = Test.DepartAsync(user.Signer(0));
        await held.ArrivedAsync();
        Assert.Equal(202, (await Test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0])).Status);
        held.Release();

        Gone(await departing);
        await AssertOneAsync(user, AuditActions.DeviceRemoved);
    }

    [Fact]
    public async Task I1_An_administrators_removal_that_a_departure_overtakes_is_answered_with_its_operation()
    {
        var user = await NewUserAsync(phones: 2);
        using var held = new HeldRequest(Test, "batch", user.UserId);
        var removing = Test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);
        await held.ArrivedAsync();
        Assert.Equal(204, (await Test.DepartAsync(user.Signer(0))).Status);
        held.Release();

        var removed = await removing;
        var operation = await AssertOneAsync(user, AuditActions.DeviceDeparted);
        Assert.True(removed.Status is 200 or 202, removed.Text);
        Assert.Equal(operation.OperationId, removed.Read<OperationDetails>().OperationId);
    }

    [Fact]
    public async Task I6_A_departure_that_an_unregistration_overtakes_learns_of_that_one()
    {
        var user = await NewUserAsync(phones: 2);
        using var held = new HeldRequest(Test, "batch", user.UserId);
        var departing = Test.DepartAsync(user.Signer(0));
        await held.ArrivedAsync();
        Assert.Equal(202, (await Test.Admin().UnregistrationAsync(user.UserId)).Status);
        held.Release();

        Gone(await departing);
        await AssertOneAsync(user, AuditActions.UserUnregistered, revocations: 2);
    }

    [Fact]
    public async Task The_last_phone_departs_its_requests_end_and_the_user_may_restore_another_one()
    {
        var user = await NewUserAsync(phones: 1);
        var registration = user.Phones[0].State.Registration!;
        using var application = Test.Application();
        var asked = await application.AskAsync(new AuthenticationRequest { LoginHint = SignInTest.Hint(user) }, Stop);
        var shown = await SignInTest.ShownAsync(user.Phones[0]);

        Assert.Equal(204, (await Test.DepartAsync(registration.Signer)).Status);

        Gone(await Test.AnswerAsync(registration, shown, asked.Number));
        await AssertOneAsync(user, AuditActions.DeviceDeparted);
        var stored = await Test.UserDocumentAsync(user);
        Assert.Equal((DidState.Active, registration.DidKey.Did, null, 0), (stored.DidState, stored.Did, stored.ActiveDeviceId, stored.DeviceCount));
        Assert.Equal(AuthenticationRequestStatus.Superseded, (await application.OutcomeAsync(asked.AuthenticationRequestId, Stop)).Status);
        Assert.Equal(SignInPush.NotPossible, (await Test.AskAsync(user)).Push);
        Assert.Equal(201, (await Test.RestoreAsync(user.NewSigner(), registration.DidKey)).Status);
    }

    /// <summary>Phones that no push reaches, so that nothing but their calls tells them anything.</summary>
    private async Task<TestUser> NewUserAsync(int phones)
    {
        var user = await Test.NewUserAsync(phones);
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, Stop)));
        return user;
    }

    private async Task<OperationDocument> AssertOneAsync(TestUser user, string action, int revocations = 1)
    {
        string[] removals = [AuditActions.DeviceRemoved, AuditActions.DeviceDeparted, AuditActions.DeviceReportedLost, AuditActions.UserUnregistered];
        var operation = Assert.Single(await Test.AllAsync<OperationDocument>(user, OperationDocument.DocumentType));
        await Test.SucceededAsync(user, operation.OperationId);
        var entry = Assert.Single(await Test.AuditAsync(user), entry => removals.Contains(entry.Action));
        Assert.Equal(action, entry.Action);
        Assert.Equal(revocations, (await Test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType)).Count);
        return operation;
    }

    private static void Gone(ApiAnswer answer)
    {
        Assert.Equal((410, ProblemCodes.DeviceRemoved), (answer.Status, answer.ProblemCode));
        Assert.NotNull(answer.Statement);
    }
}
