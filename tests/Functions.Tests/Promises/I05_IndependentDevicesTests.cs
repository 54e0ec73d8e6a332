using Azure.Messaging.ServiceBus;
using BlokSec.Contracts;
using BlokSec.Functions.Identities;
using BlokSec.Functions.Messaging;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;

namespace BlokSec.Functions.Tests.Promises;

public sealed class IndependentDevicesTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("apns")]
    [InlineData("fcm")]
    public async Task I5_A_provider_that_hangs_for_one_phone_delays_no_other(string provider)
    {
        var user = await test.NewUserAsync(phones: 4);
        using (var hung = new HeldAnswers(test, provider, most: 1))
        {
            var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await test.SucceededAsync(user, accepted.OperationId);
            await ConfirmedAsync(user, atLeast: 3);

            Assert.True(hung.Count >= 1, "One push hangs.");
            Assert.Single((await test.Admin().UserAsync(user.UserId, Stop)).Revocations, told => told.State == RevocationState.Blocked);
        }

        await ConfirmedAsync(user, atLeast: 4);
    }

    [Fact]
    public async Task I5_While_Apple_hangs_for_fifteen_phones_all_fifteen_Android_phones_of_the_user_are_told()
    {
        var user = await test.NewUserAsync(phones: 30);
        using (var hung = new HeldAnswers(test, "apns"))
        {
            var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);
            await test.SucceededAsync(user, accepted.OperationId);
            await ConfirmedAsync(user, atLeast: 15);

            var revocations = (await test.Admin().UserAsync(user.UserId, Stop)).Revocations;
            Assert.All(revocations, told => Assert.Equal(
                told.Platform == DevicePlatform.Android ? RevocationState.Confirmed : RevocationState.Blocked, told.State));
        }

        await ConfirmedAsync(user, atLeast: 30);
    }

    [Fact]
    public async Task I5_While_Apple_hangs_for_more_phones_than_the_host_makes_calls_an_Android_phone_removed_later_is_told_at_once()
    {
        await using var own = await TestCloud.StartAsync(new TestCloudOptions
        {
            Settings = new Dictionary<string, string> { ["Push__TimeoutSeconds"] = "300" },
        });
        using var hung = new HeldAnswers(own, "apns");
        for (var users = 0; users < 6; users++)
        {
            var many = await own.NewUserAsync(phones: 30);
            await own.Admin().UnregisterAsync(many.UserId, null, Stop);
        }

        var late = await own.NewUserAsync(phones: 2);
        await own.Admin().RemoveAsync(late.UserId, late.DeviceIds[1], null, Stop);

        await own.RevocationAsync(late, late.DeviceIds[1], seen => seen.State == RevocationState.Confirmed, "the Android phone confirmed");
        Assert.InRange(hung.Count, 20, 21);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task I5_A_dead_push_token_fails_neither_the_operation_nor_another_phone(int dead)
    {
        var user = await test.NewUserAsync(phones: 4);
        await user.Phones[dead].DeleteAppAsync(Stop);

        var accepted = await test.Admin().UnregisterAsync(user.UserId, null, Stop);

        await test.SucceededAsync(user, accepted.OperationId);
        await test.AtRestAsync(user);
        var told = (await test.Admin().UserAsync(user.UserId, Stop)).Revocations.ToDictionary(revocation => revocation.DeviceId);
        Assert.Equal(RevokePushState.Unreachable, told[user.DeviceIds[dead]].Push);
        Assert.All(
            user.DeviceIds.Where((_, index) => index != dead),
            deviceId => Assert.Equal(RevocationState.Confirmed, told[deviceId].State));
    }

    [Fact]
    public async Task I5_The_dead_token_of_a_removed_phone_says_nothing_about_the_others()
    {
        var user = await test.NewUserAsync(phones: 3);
        var others = $"c.id IN ('device:{user.DeviceIds[0]}', 'device:{user.DeviceIds[1]}')";
        var before = await test.TextAsync(user, others);
        await user.Phones[2].DeleteAppAsync(Stop);

        await test.RemovedAsync(user, 2);
        await test.AtRestAsync(user);

        Assert.Equal(before, await test.TextAsync(user, others));
        Assert.All(
            (await test.Admin().UserAsync(user.UserId, Stop)).Devices,
            device => Assert.Equal((PushStatus.Receiving, true), (device.Push, device.CanBecomeActive)));
    }

    [Fact]
    public async Task I5_A_throttled_phone_waits_alone()
    {
        var user = await test.NewUserAsync(phones: 4);
        var handle = user.Phones[0].State.PushAddress.Token;
        using (test.Traffic.Add(new FaultRule { StandIn = "apns", Contains = handle, Status = 429, Reason = "TooManyRequests" }))
        {
            await test.UnregisteredAsync(user);
            await ConfirmedAsync(user, atLeast: 3);
            var waiting = await test.RevocationAsync(user, user.DeviceIds[0]);
            Assert.Equal(RevokePushState.Retrying, waiting.Push);
        }

        await test.PassAsync(TimeSpan.FromMinutes(2));
        await ConfirmedAsync(user, atLeast: 4);
    }

    [Theory]
    [InlineData("not JSON at all")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"version":99,"tenantId":"contoso","userId":"somebody","operationId":"none","deviceId":"none"}""")]
    [InlineData("""{"version":1,"tenantId":"contoso","userId":"somebody","operationId":"none","deviceId":"none"}""")]
    [InlineData("""{"version":1,"tenantId":"contoso"}""")]
    public async Task I5_A_poisoned_message_ends_whole_in_the_dead_letter_queue_and_holds_up_nobody(string poison)
    {
        var user = await test.NewUserAsync(phones: 2);
        var before = test.Cloud.ServiceBus.Count(Queues.RevokePushes).DeadLettered;
        for (var copy = 0; copy < 3; copy++)
        {
            await PoisonAsync(Queues.RevokePushes, poison);
        }

        await test.UnregisteredAsync(user);

        await ConfirmedAsync(user, atLeast: 2);
        await test.Cloud.ServiceBus.WaitAsync(() => test.Cloud.ServiceBus.Count(Queues.RevokePushes).DeadLettered == before + 3, Stop);
        Assert.Equal(poison, System.Text.Encoding.UTF8.GetString(test.Cloud.ServiceBus.Peek($"{Queues.RevokePushes}/$DeadLetterQueue")[^1].Body));
    }

    [Fact]
    public async Task I5_A_removal_of_one_user_that_cannot_go_on_holds_up_no_other_user()
    {
        var (stuck, other) = (await test.NewUserAsync(phones: 2), await test.NewUserAsync(phones: 2));
        string operationId;
        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = stuck.UserId, Status = 503 }))
        using (test.BusOut())
        {
            Assert.Equal(503, (await test.Admin().RemovalAsync(stuck.UserId, stuck.DeviceIds[0])).Status);
        }

        using (test.BusOut())
        {
            operationId = (await test.Admin().RemoveAsync(stuck.UserId, stuck.DeviceIds[0], null, Stop)).OperationId;
        }

        using (test.Traffic.Add(new FaultRule { StandIn = "cosmos", Operation = "batch", Contains = stuck.UserId, Status = 503 }))
        {
            await test.ResumeAsync();
            await test.UnregisteredAsync(other);
            await ConfirmedAsync(other, atLeast: 2);
            Assert.NotEqual(OperationStatus.Succeeded, (await test.Admin().OperationAsync(stuck.UserId, operationId, Stop)).Status);
        }

        await test.UntilAsync(
            async () =>
            {
                await test.PassAsync(TimeSpan.FromMinutes(1));
                return (await test.Admin().OperationAsync(stuck.UserId, operationId, Stop)).Status == OperationStatus.Succeeded ? stuck : null;
            },
            "the other one went on too");
    }

    private Task ConfirmedAsync(TestUser user, int atLeast) => test.UntilAsync(
        async () => (await test.AllAsync<RevocationDocument>(user, RevocationDocument.DocumentType))
            .Count(revocation => revocation.ConfirmedAt is not null) >= atLeast
            ? user
            : null,
        $"{atLeast} phones confirmed");

    private async Task PoisonAsync(string queue, string body)
    {
        await using var client = new ServiceBusClient(test.Cloud.ServiceBus.ConnectionString);
        await using var sender = client.CreateSender(queue);
        await sender.SendMessageAsync(new ServiceBusMessage(body), Stop);
    }
}
