using BlokSec.Contracts;
using BlokSec.Portal.Devices;
using BlokSec.Portal.Tests.Infrastructure;

namespace BlokSec.Portal.Tests.Devices;

public sealed class RestoredDeviceTests
{
    private static readonly DeviceDetails Old = Samples.Device("Old phone") with { LastActiveAt = Samples.Now.AddDays(-3) };

    private static readonly DeviceDetails Restored = Samples.Device("New phone", "iPhone 17") with { RegisteredAt = Samples.Now.AddDays(-2) };

    [Fact]
    public void The_old_phone_is_proposed_for_removal_after_a_restore() =>
        Assert.Equal("Old phone", RestoredDevice.Find(Samples.User(Restored, Old), Samples.Now)?.Old.Name);

    [Fact]
    public void A_phone_that_is_still_used_is_not_proposed() =>
        Assert.Null(RestoredDevice.Find(Samples.User(Restored, Old with { LastActiveAt = Samples.Now }), Samples.Now));

    [Fact]
    public void Times_that_are_exact_to_five_minutes_do_not_tell_which_phone_was_used_last() =>
        Assert.Null(RestoredDevice.Find(Samples.User(Restored, Old with { LastActiveAt = Restored.RegisteredAt.AddMinutes(-4) }), Samples.Now));

    [Fact]
    public void A_restore_of_long_ago_is_not_mentioned() =>
        Assert.Null(RestoredDevice.Find(Samples.User(Restored, Old), Samples.Now.AddDays(20)));

    [Fact]
    public void One_phone_alone_was_not_restored() => Assert.Null(RestoredDevice.Find(Samples.User(Restored), Samples.Now));
}
