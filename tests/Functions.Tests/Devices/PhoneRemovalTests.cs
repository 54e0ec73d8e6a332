using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Tests.Attacks;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Demo;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Devices;

/// <summary>The user removes phones without an administrator: this one, or another one that is lost.</summary>
public sealed class PhoneRemovalTests(CloudFixture fixture) : IClassFixture<CloudFixture>, IDisposable
{
    private readonly RawApi api = new(fixture.Cloud.Cloud.ApiAddress);

    private TestCloud Test => fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => api.Dispose();

    [Fact]
    public async Task A_user_unregisters_a_phone_on_the_phone()
    {
        var user = await Test.NewUserAsync(phones: 2);

        await user.Phones[0].DepartAsync(Stop);

        Assert.Null(user.Phones[0].State.Registration);
        Assert.NotNull(user.Phones[1].State.Registration);
        var details = await EndedAsync(user, user.DeviceIds[0]);
        Assert.Equal(user.DeviceIds[1], Assert.Single(details.Devices).DeviceId);
        Assert.True(details.Devices[0].IsActive);
        var entry = Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceDeparted);
        Assert.Equal((AuditActorKinds.Phone, user.DeviceIds[0], false), (entry.Actor.Kind, entry.Actor.Id, entry.Alert));
        Assert.DoesNotContain(await Test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceRemoved);
    }

    [Fact]
    public async Task A_departure_that_is_sent_again_is_answered_as_to_any_removed_phone()
    {
        var user = await Test.NewUserAsync(phones: 2);
        var call = Test.Call(user, HttpMethod.Post, "mobile/device/departure");

        Assert.Equal(204, (await call.SendAsync(api)).Status);
        (await call.SendAsync(api)).Problem(410, ProblemCodes.DeviceRemoved);

        Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceDeparted);
    }

    [Fact]
    public async Task A_phone_that_is_reported_as_lost_is_blocked_at_once_and_the_administrator_sees_it()
    {
        var user = await Test.NewUserAsync(phones: 3);
        await user.Phones[0].SetLosePushesAsync(true, Stop);

        await user.Phones[1].ReportLostAsync(user.DeviceIds[0], Stop);

        Assert.Equal("The phone was blocked. Your administrator knows.", user.Phones[1].State.Message);
        Assert.Equal(410, (await Test.StatusAsync(user.Signer(0))).Status);
        await EndedAsync(user, user.DeviceIds[0]);
        var entry = Assert.Single(await Test.AuditAsync(user), entry => entry.Action == AuditActions.DeviceReportedLost);
        Assert.Equal(
            (true, AuditActorKinds.Phone, user.DeviceIds[1], user.DeviceIds[0]), (entry.Alert, entry.Actor.Kind, entry.Actor.Id, Assert.Single(entry.Targets)));
        Assert.Equal(200, (await Test.StatusAsync(user.Signer(1))).Status);
        Assert.Equal(200, (await Test.StatusAsync(user.Signer(2))).Status);
    }

    [Fact]
    public async Task A_phone_sees_the_users_phones()
    {
        var user = await Test.NewUserAsync(phones: 2);

        var answer = await Test.Call(user, HttpMethod.Get, "mobile/devices").SendAsync(api);

        var list = answer.Json.Deserialize<OwnDeviceList>(AdminClient.Json)!;
        Assert.Equal(user.DeviceIds.Order(), list.Devices.Select(device => device.DeviceId).Order());
        Assert.Equal(user.DeviceIds[0], Assert.Single(list.Devices, device => device.IsThis).DeviceId);
        Assert.Single(list.Devices, device => device.IsActive);
    }

    [Fact]
    public async Task A_loss_is_reported_with_both_keys_of_the_user_or_not_at_all()
    {
        var user = await Test.NewUserAsync(phones: 2);
        var other = await Test.NewUserAsync(phones: 2);
        var honest = LossCall(user, user.DeviceIds[1], DidKey(user));

        (await LossCall(user, user.DeviceIds[1], DidKey(other)).SendAsync(api)).Problem(401, ProblemCodes.ProofInvalid);
        (await LossCall(user, user.DeviceIds[1], DidKey(user), signedBy: DidKey(other)).SendAsync(api)).Problem(401, ProblemCodes.ProofInvalid);
        (await LossCall(user, user.DeviceIds[0], DidKey(user)).SendAsync(api)).Problem(409, ProblemCodes.Conflict);
        (await LossCall(user, other.DeviceIds[1], DidKey(user)).SendAsync(api)).Problem(404, ProblemCodes.NotFound);

        // The proof of the DID names the address, and so the phone that is lost.
        (await (honest with { Path = $"mobile/devices/{other.DeviceIds[0]}/loss" }).SendAsync(api)).Problem(401, ProblemCodes.ProofInvalid);
        Assert.Equal(200, (await Test.StatusAsync(user.Signer(1))).Status);

        Assert.Equal(204, (await honest.SendAsync(api)).Status);
        Assert.Equal(410, (await Test.StatusAsync(user.Signer(1))).Status);
    }

    [Fact]
    public async Task A_removed_phone_reports_nothing()
    {
        var user = await Test.NewUserAsync(phones: 3);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        await Test.RemovedAsync(user, 0);

        (await LossCall(user, user.DeviceIds[1], DidKey(user)).SendAsync(api)).Problem(410, ProblemCodes.DeviceRemoved);
        (await Test.Call(user, HttpMethod.Get, "mobile/devices").SendAsync(api)).Problem(410, ProblemCodes.DeviceRemoved);
        (await Test.Call(user, HttpMethod.Delete, "mobile/device/push-handle").SendAsync(api)).Problem(410, ProblemCodes.DeviceRemoved);
        Assert.Equal(200, (await Test.StatusAsync(user.Signer(1))).Status);
    }

    [Fact]
    public async Task Two_phones_that_report_each_other_do_not_both_win()
    {
        for (var round = 0; round < 5; round++)
        {
            var user = await Test.NewUserAsync(phones: 2);
            foreach (var phone in user.Phones)
            {
                await phone.SetLosePushesAsync(true, Stop);
            }

            await Task.WhenAll(user.Phones[0].ReportLostAsync(user.DeviceIds[1], Stop), user.Phones[1].ReportLostAsync(user.DeviceIds[0], Stop));

            Assert.Single((await Test.Admin().UserAsync(user.UserId, Stop)).Devices);
        }
    }

    private MobileCall LossCall(TestUser user, string deviceId, PhoneKey didKey, PhoneKey? signedBy = null)
    {
        var call = Test.Call(user, HttpMethod.Post, $"mobile/devices/{deviceId}/loss") with { DidKey = didKey };
        var proof = signedBy is null ? call.DidProof : call.DidProof with { SignedBy = signedBy };
        return call with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(new DeviceLossReport { Did = didKey.Did, DidProof = proof.Build() }, AdminClient.Json),
        };
    }

    private static PhoneKey DidKey(TestUser user) => user.Phones[0].State.Registration!.DidKey;

    private async Task<UserDetails> EndedAsync(TestUser user, string deviceId) => await Test.UntilAsync(
        async () => (await Test.Admin().UserAsync(user.UserId, Stop)) is var details && details.Devices.All(device => device.DeviceId != deviceId)
            && details.Operations.All(operation => operation.Status == OperationStatus.Succeeded) ? details : null,
        "the end of the removal");
}
