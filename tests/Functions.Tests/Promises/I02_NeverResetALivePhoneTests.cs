using System.Text.Json;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Security;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.DependencyInjection;

namespace BlokSec.Functions.Tests.Promises;

public sealed class NeverResetALivePhoneTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    public async Task I2_A_queued_revoke_is_cancelled_when_an_active_phone_registered_its_push_handle_again(int removed, int kept)
    {
        var user = await test.NewUserAsync(phones: 4);
        var handle = user.Phones[removed].State.PushAddress.ToHandle();
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[removed], null, Stop)).OperationId;
            Assert.Equal(204, (await test.PutHandleAsync(user.Signer(kept), handle)).Status);
        }

        await test.ResumeAsync();
        await test.SucceededAsync(user, operationId);

        var told = await test.RevocationAsync(user, user.DeviceIds[removed], now => now.NextAttemptAt is null, "the push is settled");
        Assert.Equal(RevokePushState.Cancelled, told.Push);
        Assert.Equal(RevocationState.Blocked, told.State);
        Assert.Equal(0, test.PushesTo(handle));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task I2_An_APNs_token_is_the_same_in_upper_and_lower_case(bool inTheDocument)
    {
        var user = await test.NewUserAsync(phones: 4);
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        var upper = handle with { Value = handle.Value.ToUpperInvariant() };
        if (inTheDocument)
        {
            var patch = PatchOperation.Set("/pushHandle/value", upper.Value);
            await test.PatchAsync(user, DeviceDocument.IdOf(user.DeviceIds[0]), patch);
        }

        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(user.UserId, user.DeviceIds[0], null, Stop)).OperationId;
            Assert.Equal(204, (await test.PutHandleAsync(user.Signer(3), inTheDocument ? handle : upper)).Status);
        }

        await test.ResumeAsync();
        await test.SucceededAsync(user, operationId);

        var told = await test.RevocationAsync(user, user.DeviceIds[0], now => now.NextAttemptAt is null, "the push is settled");
        Assert.Equal(RevokePushState.Cancelled, told.Push);
        Assert.Equal(0, test.PushesTo(handle));
    }

    [Theory]
    [InlineData("apns", 0)]
    [InlineData("fcm", 1)]
    public async Task I2_A_waiting_revoke_is_cancelled_when_the_same_phone_enrolled_anew_by_a_claim(string provider, int phone)
    {
        var user = await test.NewUserAsync(phones: 2);
        var handle = user.Phones[phone].State.PushAddress.ToHandle();
        using (test.ProviderOut(provider))
        {
            var claim = await test.UnregisteredAsync(user);
            await test.RevocationAsync(user, user.DeviceIds[phone], told => told.Push == RevokePushState.Retrying, "the push waits");
            var redeemed = await test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.Ed25519), claim.Code, handle);
            Assert.Equal(201, redeemed.Status);
        }

        test.Later(TimeSpan.FromMinutes(1));

        var told = await test.RevocationAsync(user, user.DeviceIds[phone], now => now.NextAttemptAt is null, "the push is settled");
        Assert.Equal(RevokePushState.Cancelled, told.Push);
        Assert.Equal(0, test.PushesTo(handle));
    }

    [Fact]
    public async Task I2_A_revoke_push_that_reaches_another_registration_resets_nothing()
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetOfflineAsync(true, Stop);
        var handle = user.Phones[0].State.PushAddress.ToHandle();
        await test.RemovedAsync(user, 0);
        await test.RevocationAsync(user, user.DeviceIds[0], told => told.State == RevocationState.PushAccepted, "Apple took the push");
        var push = PushMessage.FromApns(test.Cloud.Apns.Accepted.Single(push => push.Token == handle.Value).Payload);

        await user.Phones[1].ReceivePushAsync(push, Stop);
        Assert.Equal(user.DeviceIds[1], user.Phones[1].State.Registration?.DeviceId);

        var claim = await test.UnregisteredAsync(user);
        var renewed = test.NewPhone();
        await renewed.EnrollAsync((await test.Admin().ClaimAsync(user.UserId, Stop)).Link!, Stop);
        Assert.Equal(claim.UserId, renewed.State.Registration?.UserId);
        await renewed.ReceivePushAsync(push, Stop);
        Assert.NotNull(renewed.State.Registration);
    }

    [Fact]
    public async Task I2_A_phone_that_was_handed_on_ignores_the_revoke_push_of_the_user_before()
    {
        var (first, second) = (await test.NewUserAsync(phones: 1), await test.NewUserAsync(phones: 1));
        await first.Phones[0].SetLosePushesAsync(true, Stop);
        var (handle, phone) = (first.Phones[0].State.PushAddress.ToHandle(), second.Phones[0]);
        string operationId;
        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(first.UserId, first.DeviceIds[0], null, Stop)).OperationId;
            Assert.Equal(204, (await test.PutHandleAsync(second.Signer(0), handle)).Status);
        }

        await test.ResumeAsync();
        await test.SucceededAsync(first, operationId);
        await test.RevocationAsync(first, first.DeviceIds[0], told => told.State == RevocationState.PushAccepted, "Apple took the push");
        await phone.ReceivePushAsync(PushMessage.FromApns(test.Cloud.Apns.Accepted.Single(push => push.Token == handle.Value).Payload), Stop);

        Assert.Equal(second.DeviceIds[0], phone.State.Registration?.DeviceId);
        Assert.Equal(("Device Revoked", "system"), (phone.State.Notifications[^1].Title, phone.State.Notifications[^1].ShownBy));
        Assert.Equal(200, (await test.StatusAsync(second.Signer(0))).Status);
    }

    [Fact]
    public async Task I2_Only_a_statement_about_this_very_registration_resets()
    {
        var user = await test.NewUserAsync(phones: 1);
        var (phone, device) = (user.Phones[0], user.DeviceIds[0]);
        var epoch = phone.State.Registration!.Epoch;

        await AssertStaysAsync(phone, PushOf(null));
        await AssertStaysAsync(phone, PushOf("not.a.statement"));
        await AssertStaysAsync(phone, PushOf(Sign(user.TenantId, user.UserId, device, epoch + 1)));
        await AssertStaysAsync(phone, PushOf(Sign(user.TenantId, user.UserId, device, epoch - 1)));
        await AssertStaysAsync(phone, PushOf(Sign(user.TenantId, "somebody-else", device, epoch)));
        await AssertStaysAsync(phone, PushOf(Sign("fabrikam", user.UserId, device, epoch)));
        await AssertStaysAsync(phone, PushOf(Sign(user.TenantId, user.UserId, user.NewSigner().Key.DeviceId, epoch)));
        await AssertStaysAsync(phone, PushOf(Sign(user.TenantId, user.UserId, device, epoch)[..^4] + "AAAA"));

        await phone.ReceivePushAsync(PushOf(Sign(user.TenantId, user.UserId, device, epoch)), Stop);
        Assert.Null(phone.State.Registration);
    }

    [Theory]
    [InlineData(503, null)]
    [InlineData(429, null)]
    [InlineData(403, null)]
    [InlineData(500, null)]
    [InlineData(null, "drop")]
    public async Task I2_While_the_database_is_out_no_phone_is_told_that_it_was_removed(int? status, string? drop)
    {
        var user = await test.NewUserAsync(phones: 2);
        await user.Phones[0].SetLosePushesAsync(true, Stop);
        await test.RemovedAsync(user, 0);
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Status = status, Drop = drop is not null }))
        {
            var answers = await Task.WhenAll(test.StatusAsync(user.Signer(0)), test.StatusAsync(user.Signer(1)));
            Assert.All(answers, answer => Assert.Equal((503, ProblemCodes.Unavailable), (answer.Status, answer.ProblemCode)));
            Assert.All(answers, answer => Assert.Null(answer.Statement));
            await Task.WhenAll(user.Phones.Select(phone => phone.OpenAppAsync(Stop)));
            Assert.All(user.Phones, phone => Assert.NotNull(phone.State.Registration));
        }

        await Task.WhenAll(user.Phones.Select(phone => phone.OpenAppAsync(Stop)));
        Assert.Null(user.Phones[0].State.Registration);
        Assert.NotNull(user.Phones[1].State.Registration);
    }

    [Fact]
    public async Task I2_A_phone_that_the_database_lost_is_unknown_but_keeps_everything()
    {
        var user = await test.NewUserAsync(phones: 1);
        using var gone = await test.Cloud.Container.DeleteItemStreamAsync($"device:{user.DeviceIds[0]}", user.Key(), cancellationToken: Stop);

        Assert.Equal(401, (await test.StatusAsync(user.Signer(0))).Status);
        await user.Phones[0].OpenAppAsync(Stop);

        Assert.NotNull(user.Phones[0].State.Registration);
    }

    [Fact]
    public async Task I2_A_living_phone_cannot_report_its_erasure()
    {
        var user = await test.NewUserAsync(phones: 1);

        Assert.Equal(409, (await test.EraseAsync(user.Signer(0))).Status);
        Assert.Equal(200, (await test.StatusAsync(user.Signer(0))).Status);
    }

    private string Sign(string tenantId, string userId, string deviceId, long epoch) =>
        test.Services.GetRequiredService<RevocationStatements>().Sign(
            tenantId, userId, deviceId, epoch, "an-operation", RevocationReasons.DeviceRemoved, test.Time.GetUtcNow());

    private static PushMessage PushOf(string? statement) => PushMessage.FromFcm(JsonSerializer.SerializeToElement(
        new { data = new Dictionary<string, string?> { ["type"] = "device-revoked", ["statement"] = statement } }));

    private static async Task AssertStaysAsync(Local.Phones.VirtualPhone phone, PushMessage push)
    {
        await phone.ReceivePushAsync(push, Stop);
        Assert.NotNull(phone.State.Registration);
    }
}
