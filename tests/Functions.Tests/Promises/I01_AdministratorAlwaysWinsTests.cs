using BlokSec.Functions.Identities;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Phones.Keys;
using Microsoft.Azure.Cosmos;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>Between the reading of a decision and its commit, phones do what they can; the decision is committed by its first batch.</summary>
public sealed class AdministratorAlwaysWinsTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task I1_A_removal_commits_at_the_first_try_whatever_phones_send_meanwhile(int phone)
    {
        var user = await test.NewUserAsync(phones: 3);
        await AddPendingSignInAsync(user, user.DeviceIds[phone]);
        using var queue = test.BusOut();

        var batches = await BatchesAsync(
            () => test.Admin().RemovalAsync(user.UserId, user.DeviceIds[phone]),
            async () =>
            {
                await test.PutNewHandlesAsync(user);
                await Task.WhenAll(Enumerable.Range(0, 3).Select(index => test.StatusAsync(user.Signer(index))));
                Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
                await test.PatchAsync(user, AuthenticationRequestDocument.IdOf("pending"), PatchOperation.Set("/retrievedAt", test.Time.GetUtcNow()));
            },
            accepted: 202);

        Assert.Equal(1, batches);
        Assert.Equal(410, (await test.StatusAsync(user.Signer(phone))).Status);
        var owner = await test.UserDocumentAsync(user);
        Assert.Equal(3, owner.DeviceCount);
        Assert.NotEqual(user.DeviceIds[phone], owner.ActiveDeviceId);
    }

    [Fact]
    public async Task I1_An_unregistration_commits_at_the_first_try_whatever_registered_phones_send_meanwhile()
    {
        var user = await test.NewUserAsync(phones: 4);
        using var queue = test.BusOut();

        var batches = await BatchesAsync(
            () => test.Admin().UnregistrationAsync(user.UserId),
            async () =>
            {
                await test.PutNewHandlesAsync(user);
                await Task.WhenAll(Enumerable.Range(0, 4).Select(index => test.StatusAsync(user.Signer(index))));
            },
            accepted: 202);

        Assert.Equal(1, batches);
    }

    [Fact]
    public async Task I1_The_choice_of_the_active_device_commits_at_the_first_try_whatever_phones_send_meanwhile()
    {
        var user = await test.NewUserAsync(phones: 3);
        var seen = (await test.Admin().UserAsync(user.UserId, Stop)).ETag;
        Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);

        var batches = await BatchesAsync(
            () => test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[2], seen),
            async () =>
            {
                await test.PutNewHandlesAsync(user);
                Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);
            },
            accepted: 204);

        Assert.Equal(1, batches);
        Assert.Equal(user.DeviceIds[2], (await test.UserDocumentAsync(user)).ActiveDeviceId);
    }

    [Fact]
    public async Task I1_The_renewal_of_a_claim_commits_at_the_first_try_whatever_strangers_try_meanwhile()
    {
        var user = await test.NewUserAsync(phones: 0, invited: true);
        Assert.Equal(200, (await test.Admin().RenewAsync(user.UserId)).Status);

        var batches = await BatchesAsync(
            () => test.Admin().RenewAsync(user.UserId),
            () => Task.WhenAll(Enumerable.Range(0, 4).Select(
                _ => test.RedeemAsync(user.NewSigner(), PhoneKey.Create(KeyKind.P256), new string('A', 27)))),
            accepted: 200);

        Assert.Equal(1, batches);
    }

    [Fact]
    public async Task I1_Every_decision_succeeds_while_all_phones_of_the_user_write_as_fast_as_they_can_through_two_instances()
    {
        var user = await test.NewUserAsync(phones: 8);
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, Stop)));
        var other = await test.StartAnotherAsync();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var queue = test.BusOut();
        Uri?[] instances = [null, other];
        var written = 0;
        var storm = Enumerable.Range(0, 8).SelectMany(phone => instances.Select(instance => Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    var answer = await test.PutHandleAsync(user.Signer(phone), PushHandleChanges.NewHandle(user, phone), instance);

                    // 401: one that was signed later has taken effect before.
                    Assert.Contains(answer.Status, new int?[] { 204, 401, 410 });
                    Interlocked.Increment(ref written);
                }
            },
            Stop))).ToArray();
        await test.Traffic.WaitAsync(() => Volatile.Read(ref written) > 16, Stop);

        Assert.Equal(204, (await test.Admin().SetActiveAsync(user.UserId, user.DeviceIds[7], "*")).Status);
        for (var phone = 0; phone < 4; phone++)
        {
            Assert.Equal(202, (await test.Admin().RemovalAsync(user.UserId, user.DeviceIds[phone])).Status);
        }

        Assert.Equal(202, (await test.Admin().UnregistrationAsync(user.UserId)).Status);
        await end.CancelAsync();
        await Task.WhenAll(storm);
    }

    /// <summary>How many batches a decision took, while the first was held until the phones had done their worst.</summary>
    private async Task<int> BatchesAsync(Func<Task<AdminAnswer>> decide, Func<Task> meanwhile, int accepted)
    {
        using var held = new HeldRequest(test, "batch");
        var deciding = decide();
        await held.ArrivedAsync();
        await meanwhile();
        var mark = test.Traffic.Mark;
        held.Release();
        var answer = await deciding;
        Assert.True(answer.Status == accepted, answer.Text);
        return 1 + test.Traffic.Since(mark).Count(seen => seen is { StandIn: "cosmos", Operation: "batch" });
    }

    private Task AddPendingSignInAsync(TestUser user, string deviceId) => test.Cloud.Container.CreateItemAsync(
        new
        {
            id = AuthenticationRequestDocument.IdOf("pending"),
            type = AuthenticationRequestDocument.DocumentType,
            schemaVersion = 1,
            tenantId = user.TenantId,
            userId = user.UserId,
            requestId = "pending",
            applicationId = "payroll",
            applicationName = "Payroll",
            method = "Push",
            status = "pending",
            issuedAt = test.Time.GetUtcNow(),
            deviceId,
        },
        user.Key(),
        cancellationToken: Stop);
}
