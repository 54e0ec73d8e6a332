using BlokSec.Contracts;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>An administrator's decision counts for the phones as they are when it is committed, and not as they were when it was planned.</summary>
public sealed class DecisionsCoverPhonesTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

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
    public async Task I1_A_plan_is_not_made_stale_by_what_phones_do()
    {
        var user = await test.NewUserAsync(phones: 3);
        var admin = test.Admin();
        var active = (await test.UserDocumentAsync(user)).ActiveDeviceId!;
        var removal = (await admin.AskAsync($"users/{user.UserId}/devices/{active}/removal/plan")).Read<RevocationPlanDetails>();
        test.Time.Advance(TimeSpan.FromSeconds(1));
        await test.PutNewHandlesAsync(user);
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
}
