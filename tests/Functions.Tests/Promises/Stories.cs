using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local.Faults;
using BlokSec.Local.Phones;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>What many tests tell: the bus is out, a user was unregistered, a revocation got somewhere.</summary>
internal static class Stories
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>From here to the end of the scope no message enters the bus.</summary>
    public static IDisposable BusOut(this TestCloud test, string? queue = null) => test.Traffic.Add(
        new FaultRule { StandIn = "servicebus", Operation = "send", Contains = queue, Status = 503 });

    /// <summary>From here to the end of the scope a provider refuses all pushes.</summary>
    public static IDisposable ProviderOut(this TestCloud test, string provider) => test.Traffic.Add(
        new FaultRule { StandIn = provider, Operation = "send", Status = 503, Reason = provider == "fcm" ? "UNAVAILABLE" : "ServiceUnavailable" });

    public static async Task<OperationDetails> RemovedAsync(this TestCloud test, TestUser user, int phone)
    {
        var accepted = await test.Admin(user.AdministratorName).RemoveAsync(user.UserId, user.DeviceIds[phone], "lost", Stop);
        var ended = await test.SucceededAsync(user, accepted.OperationId);

        // A proof of the same second may have been made before.
        test.Time.Advance(TimeSpan.FromSeconds(1));
        return ended;
    }

    /// <summary>Unregisters the user, sees it succeed and gives the claim.</summary>
    public static async Task<ClaimLink> UnregisteredAsync(this TestCloud test, TestUser user)
    {
        var accepted = await test.Admin(user.AdministratorName).UnregisterAsync(user.UserId, "lost", Stop);
        await test.SucceededAsync(user, accepted.OperationId);
        return await test.ClaimLinkAsync(user);
    }

    public static async Task<OperationDetails> SucceededAsync(this TestCloud test, TestUser user, string operationId)
    {
        var ended = await test.EndedAsync(user, operationId);
        Assert.Equal(OperationStatus.Succeeded, ended.Status);
        return ended;
    }

    public static async Task<ClaimLink> ClaimLinkAsync(this TestCloud test, TestUser user)
    {
        var claim = await test.Admin(user.AdministratorName).ClaimAsync(user.UserId, Stop);
        Assert.True(ClaimLink.TryParse(claim.Link, out var link));
        return link;
    }

    public static async Task<RevocationDetails> RevocationAsync(this TestCloud test, TestUser user, string deviceId)
    {
        var details = await test.Admin(user.AdministratorName).UserAsync(user.UserId, Stop);
        return details.Revocations.Single(revocation => revocation.DeviceId == deviceId);
    }

    public static async Task<RevocationDetails> RevocationAsync(
        this TestCloud test, TestUser user, string deviceId, Func<RevocationDetails, bool> isSo, string what)
    {
        var admin = test.Admin(user.AdministratorName);
        return await test.UntilAsync(
            async () => (await admin.UserAsync(user.UserId, Stop)).Revocations
                .FirstOrDefault(revocation => revocation.DeviceId == deviceId && isSo(revocation)),
            what);
    }

    public static Task<RevocationDetails> ConfirmedAsync(this TestCloud test, TestUser user, string deviceId) =>
        test.RevocationAsync(user, deviceId, told => told.State == RevocationState.Confirmed, $"{deviceId} confirmed");

    /// <summary>Lets the time pass and what waited for it happen.</summary>
    public static void Later(this TestCloud test, TimeSpan by)
    {
        test.Time.Advance(by);
        test.Cloud.ServiceBus.ReleaseScheduled();
    }

    /// <summary>
    /// Lets the time pass for everybody, once all work in hand is done and no phone is about to sign; what is due by then comes by itself.
    /// </summary>
    public static async Task PassAsync(this TestCloud test, TimeSpan by)
    {
        await test.QuietAsync();
        test.Time.Advance(by);
        test.Cloud.ServiceBus.ClockMoved();
    }

    /// <summary>Waits until all operations of the user ended, all pushes are settled, and all phones have done what they had to.</summary>
    public static async Task AtRestAsync(this TestCloud test, TestUser user)
    {
        await test.UntilAsync(
            async () => (await test.DocumentsAsync(
                user,
                "(c.type = 'operation' AND c.status NOT IN ('succeeded', 'failed')) OR (c.type = 'revocation' AND IS_DEFINED(c.nextAttemptAt))"))
                .Count == 0
                ? user
                : null,
            "the user is at rest");
        await test.QuietAsync();
    }

    /// <summary>Waits until no message is in hand and the phones have done what their pushes said.</summary>
    public static async Task QuietAsync(this TestCloud test)
    {
        await test.Cloud.ServiceBus.WaitUntilIdleAsync(Stop).WaitAsync(TestCloud.Patience, Stop);
        await Task.WhenAll(test.Cloud.Apns.DeliveredAsync(), test.Cloud.Fcm.DeliveredAsync()).WaitAsync(TestCloud.Patience, Stop);
    }

    /// <summary>All pushes that the providers took for a push address.</summary>
    public static int PushesTo(this TestCloud test, PushHandleRegistration handle) =>
        test.Cloud.Apns.Accepted.Concat(test.Cloud.Fcm.Accepted).Count(push => push.Token == handle.Value);
}
