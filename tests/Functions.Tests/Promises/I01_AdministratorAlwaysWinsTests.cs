using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones.Keys;
using BlokSec.Local.Phones.Push;
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
                await PutNewHandlesAsync(user);
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
                await PutNewHandlesAsync(user);
                await Task.WhenAll(Enumerable.Range(0, 4).Select(index => test.StatusAsync(user.Signer(index))));
            },
            accepted: 202);

        Assert.Equal(1, batches);
    }

    [Fact]
    public async Task I1_An_unregistration_covers_every_phone_that_is_restored_right_before_each_of_its_tries()
    {
        var user = await test.NewUserAsync(phones: 1);
        var restored = Enumerable.Range(0, 12).Select(_ => user.NewSigner()).ToArray();
        using var queue = test.BusOut();
        var (next, isRestoring) = (0, false);
        test.Traffic.Hook = async (seen, stage) =>
        {
            if (seen is { StandIn: "cosmos", Operation: "batch" } && stage == FaultStage.Before && !isRestoring && next < restored.Length)
            {
                isRestoring = true;
                await test.RestoreAsync(restored[next++], user.DidKey());
                isRestoring = false;
            }
        };

        var answer = await test.Admin().UnregistrationAsync(user.UserId);

        test.Traffic.Hook = null;
        Assert.Equal((202, restored.Length), (answer.Status, next));
        Assert.All(await Task.WhenAll(restored.Select(test.StatusAsync)), told => Assert.Equal(410, told.Status));
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
                await PutNewHandlesAsync(user);
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
    public async Task I1_A_plan_is_not_made_stale_by_what_phones_do()
    {
        var user = await test.NewUserAsync(phones: 3);
        var admin = test.Admin();
        var active = (await test.UserDocumentAsync(user)).ActiveDeviceId!;
        var removal = (await admin.AskAsync($"users/{user.UserId}/devices/{active}/removal/plan")).Read<RevocationPlanDetails>();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await PutNewHandlesAsync(user);
        Assert.Equal(201, (await test.RestoreAsync(user.NewSigner(), user.DidKey())).Status);

        var removed = await admin.SendAsync(
            HttpMethod.Post,
            $"users/{user.UserId}/devices/{active}/removal",
            new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, PlanHash = removal.PlanHash });

        Assert.Equal(202, removed.Status);
        Assert.Equal(removal.ActiveDevice!.DeviceId, (await test.UserDocumentAsync(user)).ActiveDeviceId);
        await test.AtRestAsync(user);
    }

    [Fact]
    public async Task I1_An_unregistration_takes_the_phones_that_were_restored_since_its_plan_too()
    {
        var user = await test.NewUserAsync(phones: 2);
        var plan = (await test.Admin().AskAsync($"users/{user.UserId}/unregistration/plan")).Read<RevocationPlanDetails>();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        var late = user.NewSigner();
        Assert.Equal(201, (await test.RestoreAsync(late, user.DidKey())).Status);

        var answer = await test.Admin().SendAsync(
            HttpMethod.Post,
            $"users/{user.UserId}/unregistration",
            new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices, PlanHash = plan.PlanHash });

        Assert.Equal(202, answer.Status);
        Assert.Equal(410, (await test.StatusAsync(late)).Status);
        await test.AtRestAsync(user);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task I1_The_revoke_push_goes_to_the_push_handle_that_was_current_when_the_fence_fell(bool isDeletedFirst)
    {
        var user = await test.NewUserAsync(phones: 2);
        var phone = user.Phones[0];
        var old = phone.State.PushAddress.ToHandle();
        using (var queues = new Turnstile(test, isDeletedFirst ? Queues.RevokePushes : Queues.DeviceDeletions))
        {
            Task<AdminAnswer> removal;
            using (var held = new HeldRequest(test, "batch"))
            {
                removal = test.Admin().RemovalAsync(user.UserId, user.DeviceIds[0]);
                await held.ArrivedAsync();
                await phone.RotatePushTokenAsync(Stop);
            }

            Assert.Equal(202, (await removal).Status);
            if (isDeletedFirst)
            {
                await test.UntilAsync(
                    async () => (await test.DocumentsAsync(user, $"c.id = 'device:{user.DeviceIds[0]}'")).Count == 0 ? user : null, "the device is deleted");
                await queues.LetThroughAsync(Queues.RevokePushes);
            }

            await test.ConfirmedAsync(user, user.DeviceIds[0]);
        }

        Assert.Equal((0, 1), (test.PushesTo(old), test.PushesTo(phone.State.PushAddress.ToHandle())));
        Assert.Null(phone.State.Registration);
        await test.AtRestAsync(user);
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
                    var answer = await test.PutHandleAsync(user.Signer(phone), NewHandle(user, phone), instance);

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

    private async Task PutNewHandlesAsync(TestUser user)
    {
        for (var phone = 0; phone < user.Phones.Count; phone++)
        {
            Assert.Equal(204, (await test.PutHandleAsync(user.Signer(phone), NewHandle(user, phone))).Status);
        }
    }

    private static PushHandleRegistration NewHandle(TestUser user, int phone)
    {
        var old = user.Phones[phone].State.PushAddress;
        return PushAddress.Create(old.Kind, old.Environment).ToHandle();
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
