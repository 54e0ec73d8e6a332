using BlokSec.Contracts;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Tests.Removals;

public sealed class PlanChangesTests
{
    private static readonly PlannedDevice Phone = Samples.Planned(Samples.Device());
    private static readonly PlannedDevice Tablet = Samples.Planned(Samples.Device("Tablet", "Pixel Tablet"));

    [Fact]
    public void A_device_that_came_is_named() =>
        Assert.Equal(["Tablet (Pixel Tablet) was added and would be removed too."], Changes(Samples.Plan(Phone), Samples.Plan(Phone, Tablet)));

    [Fact]
    public void A_device_that_went_is_named() =>
        Assert.Equal(["Tablet (Pixel Tablet) is no longer registered."], Changes(Samples.Plan(Phone, Tablet), Samples.Plan(Phone)));

    [Fact]
    public void Another_active_device_is_named() => Assert.Equal(
        ["Sign-in requests would go to Tablet (Pixel Tablet) afterwards.", "Work phone (iPhone 16 Pro) is the active device now."],
        Changes(Samples.Plan(Phone), Samples.Plan(Phone with { IsActive = true }) with { ActiveDevice = Tablet }));

    [Fact]
    public void Counts_that_moved_are_told() => Assert.Equal(
        ["The user would keep 1 device, not 2.", "Now 1 sign-in request would end as superseded."],
        Changes(Samples.Plan(Phone), Samples.Plan(Phone) with { RemainingDevices = 1, PendingSignIns = [Samples.Request()] }));

    [Fact]
    public void A_push_that_died_is_told() => Assert.Equal(
        ["Work phone (iPhone 16 Pro): push can no longer reach it."],
        Changes(Samples.Plan(Phone), Samples.Plan(Phone with { Push = PushStatus.NotReceiving })));

    [Fact]
    public void When_nothing_shown_has_moved_that_is_said_too() => Assert.Equal(
        ["The user was changed meanwhile; what would be done is the same."],
        Changes(Samples.Plan(Phone), Samples.Plan(Phone) with { PlanHash = "hash-2" }));

    private static IReadOnlyList<string> Changes(RevocationPlanDetails seen, RevocationPlanDetails now) =>
        [.. PlanChanges.Between(seen, now).Select(Outside.Plain)];
}
