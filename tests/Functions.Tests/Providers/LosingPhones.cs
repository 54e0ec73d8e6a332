using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;

namespace BlokSec.Functions.Tests.Providers;

/// <summary>Users whose two phones lose their pushes, so that only the providers' answers count.</summary>
internal static class LosingPhones
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A user with an iPhone and an Android phone that confirm nothing by themselves.</summary>
    public static async Task<TestUser> NewLosingUserAsync(this TestCloud test)
    {
        var user = await test.NewUserAsync(phones: 2);
        await Task.WhenAll(user.Phones.Select(phone => phone.SetLosePushesAsync(true, Stop)));
        return user;
    }

    public static Task UnregisterAsync(this TestCloud test, TestUser user) => test.Admin().UnregisterAsync(user.UserId, null, Stop);

    public static async Task AssertWaitsAsync(this TestCloud test, TestUser user, int phone, string told, TimeSpan wait)
    {
        var seen = await test.RevocationAsync(user, user.DeviceIds[phone], now => now.Push == RevokePushState.Retrying, "it waits");
        Assert.Equal((told, RevocationState.Blocked), (seen.PushReason, seen.State));
        Assert.InRange(seen.NextAttemptAt!.Value, seen.BlockedAt + (wait / 2), test.Time.GetUtcNow() + (wait * 1.25));
        var stored = await test.DocumentsAsync(user, $"c.id = 'revocation:{user.DeviceIds[phone]}'");
        Assert.True(stored.Values.Single().TryGetProperty("pushHandle", out _), "The push handle is kept.");
    }

    public static async Task AssertAcceptedAsync(this TestCloud test, TestUser user, int phone)
    {
        var seen = await test.RevocationAsync(user, user.DeviceIds[phone], now => now.Push == RevokePushState.Accepted, "it was taken");
        Assert.Equal(RevocationState.PushAccepted, seen.State);
    }

    public static int Sends(this TestCloud test, string provider, long since) =>
        test.Traffic.Since(since).Count(seen => seen.StandIn == provider && seen.Operation == "send");
}
