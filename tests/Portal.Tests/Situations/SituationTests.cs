using BlokSec.Contracts;
using BlokSec.Portal.Situations;
using BlokSec.Portal.Tests.Infrastructure;

namespace BlokSec.Portal.Tests.Situations;

public sealed class SituationTests
{
    [Fact]
    public void The_guides_table_is_there_in_its_own_words() => Assert.Equal(
        [
            ("User got a new phone and has a BlokSec backup", "No action needed — user restores from backup on the new device"),
            ("User got a new phone and has no backup", "Click Unregister All Devices, then have the user scan the claim QR code"),
            ("User lost their phone", "Click Unregister All Devices to revoke access, then re-enroll when ready"),
            ("User has multiple devices and you want to remove one", "Click the trash icon on the specific device"),
            ("User is leaving the organization", "Remove the user’s accounts from your applications instead of unregistering devices"),
        ],
        Situation.All.Select(situation => (situation.What, situation.Recommended)));

    [Fact]
    public void A_button_that_is_not_offered_is_explained()
    {
        var user = Samples.User(Samples.Device());
        var lost = Situation.All.Single(situation => situation.Name == "lost");
        Assert.Null(lost.NotPossible(user, manages: true, managesUsers: true));
        Assert.Contains("Devices.Manage", lost.NotPossible(user, manages: false, managesUsers: false), StringComparison.Ordinal);
        Assert.Contains("in progress", lost.NotPossible(user with { DidState = DidState.Resetting }, manages: true, managesUsers: true), StringComparison.Ordinal);
        var leaving = Situation.All.Single(situation => situation.Name == "leaving");
        Assert.Null(leaving.NotPossible(user with { AccountCount = 1 }, manages: false, managesUsers: true));
        Assert.Contains("Users.Manage", leaving.NotPossible(user with { AccountCount = 1 }, manages: true, managesUsers: false), StringComparison.Ordinal);
        Assert.Contains("no account", leaving.NotPossible(user, manages: true, managesUsers: true), StringComparison.Ordinal);
        Assert.Contains("scan", lost.NotPossible(user with { DidState = DidState.Unclaimed }, manages: true, managesUsers: true), StringComparison.Ordinal);
    }
}
