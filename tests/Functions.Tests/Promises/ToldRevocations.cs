using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Promises;

/// <summary>What an administrator is told of a removal.</summary>
internal static class ToldRevocations
{
    public static async Task<RevocationDetails> AssertToldAsync(
        this TestCloud test, TestUser user, int phone, RevocationState state, RevokePushState push, params string[] timeline)
    {
        var told = await test.RevocationAsync(user, user.DeviceIds[phone]);
        Assert.Equal((state, push), (told.State, told.Push));
        Assert.Equal(timeline, told.Timeline.Select(entry => entry.What));
        Assert.Equal(told.Timeline.Select(entry => entry.At).Order(), told.Timeline.Select(entry => entry.At));
        Assert.Equal(told.BlockedAt, told.Timeline[0].At);
        Assert.All(told.Timeline, entry => Assert.InRange(entry.At, told.BlockedAt, test.Time.GetUtcNow()));
        return told;
    }
}
