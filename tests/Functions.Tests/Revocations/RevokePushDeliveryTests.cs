using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;
using BlokSec.Local.Push;

namespace BlokSec.Functions.Tests.Revocations;

/// <summary>How a revoke push gets to the phones, from the bus to what the user sees.</summary>
public sealed class RevokePushDeliveryTests(CloudFixture fixture) : IClassFixture<CloudFixture>
{
    private readonly TestCloud test = fixture.Cloud;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I4_A_message_that_the_bus_delivers_twice_at_once_sends_the_same_push_twice_and_the_phone_reacts_once()
    {
        var user = await test.NewUserAsync(phones: 2);
        var both = user.DeviceIds.ToDictionary(device => device, _ => new Meeting(2));
        test.Traffic.Hook = (request, stage) => request is { StandIn: "apns" or "fcm", Operation: "send" } && stage == FaultStage.Before
            ? both[user.DeviceIds.Single(device => request.Searchable.Contains(device, StringComparison.Ordinal))].ArriveAsync()
            : Task.CompletedTask;
        using (test.Traffic.Add(new FaultRule
        {
            StandIn = "servicebus",
            Operation = "send",
            Contains = "\"deviceId\"",
            Duplicate = true,
        }))
        {
            await test.UnregisteredAsync(user);
            await Task.WhenAll(user.DeviceIds.Select(device => test.ConfirmedAsync(user, device)));
        }

        await test.AtRestAsync(user);
        test.Traffic.Hook = null;
        AssertIdentical(test.Cloud.Apns.Accepted, user.Phones[0], push => (push.Id, push.Headers["apns-collapse-id"], push.Headers["apns-expiration"]));
        AssertIdentical(
            test.Cloud.Fcm.Accepted, user.Phones[1], push => push.Payload.GetProperty("android").GetProperty("collapse_key").GetString());
        foreach (var (phone, device) in user.Phones.Zip(user.DeviceIds))
        {
            Assert.Equal(2, phone.State.History.Count(entry => entry.Kind == PhoneEventKind.PushReceived));
            Assert.Single(phone.State.History, entry => entry.Kind == PhoneEventKind.Erased);
            Assert.Single(phone.State.History, entry => entry.Kind == PhoneEventKind.ErasureConfirmed);
            Assert.Single(phone.State.Notifications);
            Assert.Single((await test.RevocationAsync(user, device)).Timeline, entry => entry.What == "PushAccepted");
        }
    }

    [Fact]
    public async Task An_iPhone_with_a_handle_of_Google_shows_the_revocation_and_resets()
    {
        var user = await test.NewUserAsync();
        await test.UnregisteredAsync(user);
        var phone = test.Cloud.Phones.Add(new NewPhoneRequest { Platform = DevicePlatform.Ios, PushKind = PushHandleKind.FcmToken }.ToFacts());
        await phone.EnrollAsync((await test.Admin().ClaimAsync(user.UserId, Stop)).Link!, Stop);
        var device = phone.State.Registration!.DeviceId;

        await test.Admin().RemoveAsync(user.UserId, device, null, Stop);
        await test.ConfirmedAsync(user, device);

        var shown = Assert.Single(phone.State.Notifications);
        Assert.Equal(("Device Revoked", "system"), (shown.Title, shown.ShownBy));
        Assert.Null(phone.State.Registration);
    }

    private static void AssertIdentical<TKey>(IEnumerable<DeliveredPush> accepted, VirtualPhone phone, Func<DeliveredPush, TKey> key)
    {
        var pushes = accepted.Where(push => push.Token == phone.State.PushAddress.Token).ToArray();
        Assert.Equal(2, pushes.Length);
        Assert.Equal(pushes[0].Body.ToArray(), pushes[1].Body.ToArray());
        Assert.Equal(key(pushes[0]), key(pushes[1]));
    }

    /// <summary>Lets nobody on before all are there.</summary>
    private sealed class Meeting(int people)
    {
        private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int there;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref there) >= people)
            {
                complete.TrySetResult();
            }

            return complete.Task.WaitAsync(Stop);
        }
    }
}
