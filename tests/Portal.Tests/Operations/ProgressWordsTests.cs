using BlokSec.Contracts;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Tests.Operations;

public sealed class ProgressWordsTests
{
    private static readonly DeviceDetails Phone = Samples.Device();

    private static readonly DeviceDetails Tablet = Samples.Device("Tablet", "Pixel Tablet");

    [Fact]
    public void The_summary_counts_what_is_known_of_each_device() => Assert.Equal(
        "2 devices blocked: 1 confirmed by the device, 1 not confirmed yet.",
        ProgressWords.Summary([Samples.Revocation(Phone) with { State = RevocationState.Confirmed }, Samples.Revocation(Tablet)]));

    [Fact]
    public void A_screen_reader_hears_the_newest_operation()
    {
        var user = Samples.User() with { Operations = [Samples.Operation("op-1", Phone.DeviceId)], Revocations = [Samples.Revocation(Phone)] };
        Assert.Equal(
            "Removing Work phone (iPhone 16 Pro): Under way. 1 device blocked: 1 not confirmed yet.", Outside.Plain(ProgressWords.Announce(user)));
    }

    [Fact]
    public void An_old_operation_stays_on_top_only_while_something_is_open()
    {
        var done = Samples.Operation("op-1", Phone.DeviceId) with { Status = OperationStatus.Succeeded, FinishedAt = Samples.Now };
        var revocation = Samples.Revocation(Phone) with { Push = RevokePushState.Accepted };
        var user = Samples.User() with { Operations = [done], Revocations = [revocation] };
        var later = Samples.Now.AddDays(2);

        Assert.Single(ProgressWords.Current(user, Samples.Now));
        Assert.Empty(ProgressWords.Current(user, later));
        Assert.Single(ProgressWords.Earlier(user, later));
        Assert.Single(ProgressWords.Current(user with { Revocations = [revocation with { Push = RevokePushState.Retrying }] }, later));
        Assert.Single(ProgressWords.Current(user with { Operations = [done with { Status = OperationStatus.Failed }] }, later));
    }
}
