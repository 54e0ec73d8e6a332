using BlokSec.Contracts;
using BlokSec.Portal.Operations;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Words;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Portal.Tests.Operations;

/// <summary>I11: the administrator sees the truth for each device, never more than is known.</summary>
public sealed class RevocationWordsTests
{
    private static readonly Moments Moments = new(new FakeTimeProvider(Samples.Now));

    private static readonly RevocationDetails Blocked = Samples.Revocation(Samples.Device());

    [Fact]
    public void A_device_is_blocked_before_anything_else_is_known() => Assert.Equal(
        [(StageState.Done, "Blocked"), (StageState.Busy, "Push is being sent"), (StageState.Open, "Not confirmed yet")],
        Stages(Blocked));

    [Fact]
    public void A_push_is_not_told_as_being_sent_before_the_operation_has_queued_it()
    {
        var operation = Samples.Operation("op-1", Blocked.DeviceId);
        var unqueued = operation with { Steps = [.. operation.Steps, new(OperationStepName.QueuePushes, OperationStatus.NotStarted, 0, 1, Samples.Now, null)] };
        Assert.False(OperationWords.IsQueued(unqueued, Blocked));
        Assert.True(OperationWords.IsQueued(operation, Blocked));
        var push = RevocationWords.Stages(Blocked, Moments, isQueued: false)[1];
        Assert.Equal((StageState.Open, "Push is not queued yet"), (push.State, push.Title));
    }

    [Fact]
    public void A_push_that_was_accepted_is_not_told_as_confirmed()
    {
        var accepted = Blocked with { State = RevocationState.PushAccepted, Push = RevokePushState.Accepted };
        Assert.Equal("Push accepted, not confirmed yet", RevocationWords.Headline(accepted).Text);
        Assert.Equal(
            [(StageState.Done, "Blocked"), (StageState.Done, "Push accepted by Apple"), (StageState.Open, "Not confirmed yet")],
            Stages(accepted));
    }

    [Fact]
    public void A_nudge_that_was_not_sent_does_not_deny_the_push_before_it()
    {
        var cancelled = Blocked with
        {
            State = RevocationState.PushAccepted,
            Push = RevokePushState.Cancelled,
            Timeline = [new("PushAccepted", Samples.Now, null), new("Nudged", Samples.Now, "Alice"), new("PushCancelled", Samples.Now, null)],
        };
        Assert.Equal("The push was not sent again", RevocationWords.Stages(cancelled, Moments)[1].Title);
    }

    [Fact]
    public void A_push_that_is_retried_says_why_when_and_until_when()
    {
        var retrying = Blocked with
        {
            Push = RevokePushState.Retrying,
            PushReason = "Apple takes no more pushes for this phone at the moment; it will be tried again.",
            PushAttempts = 2,
            NextAttemptAt = Samples.Now.AddSeconds(40),
        };
        Assert.Equal(
            "Apple takes no more pushes for this phone at the moment; it will be tried again. Tried 2 times. Next attempt in 40 seconds, until 2026-12-25 11:03.",
            RevocationWords.Stages(retrying, Moments)[1].Detail);
    }

    [Fact]
    public void A_phone_that_push_cannot_reach_learns_at_its_next_open()
    {
        var unreachable = Blocked with { Push = RevokePushState.Unreachable, PushReason = "Apple says the app was removed from this phone." };
        var stages = RevocationWords.Stages(unreachable, Moments);
        Assert.Equal((StageState.Skipped, "Push cannot reach it"), (stages[1].State, stages[1].Title));
        Assert.Equal("Apple says the app was removed from this phone.", stages[1].Detail);
        Assert.Equal("It stays blocked. The app learns it when it is next opened.", stages[2].Detail);
    }

    [Fact]
    public void What_the_phone_itself_said_has_its_time()
    {
        var confirmed = Blocked with
        {
            State = RevocationState.Confirmed,
            Push = RevokePushState.Accepted,
            Timeline =
            [
                .. Blocked.Timeline,
                new RevocationEvent("PushAccepted", Samples.Now.AddSeconds(1), null),
                new RevocationEvent("Confirmed", Samples.Now.AddSeconds(2), null),
            ],
        };
        var stages = RevocationWords.Stages(confirmed, Moments);
        Assert.Equal([Samples.Now, Samples.Now.AddSeconds(1), Samples.Now.AddSeconds(2)], stages.Select(stage => stage.At));
        Assert.True(RevocationWords.IsKnown(confirmed));
    }

    [Fact]
    public void Every_combination_of_states_can_be_told()
    {
        foreach (var state in Enum.GetValues<RevocationState>())
        {
            foreach (var push in Enum.GetValues<RevokePushState>())
            {
                var revocation = Blocked with { State = state, Push = push };
                Assert.Equal(3, RevocationWords.Stages(revocation, Moments).Count);
                Assert.NotEmpty(RevocationWords.Headline(revocation).Text);
            }
        }
    }

    private static IEnumerable<(StageState, string)> Stages(RevocationDetails revocation) =>
        RevocationWords.Stages(revocation, Moments).Select(stage => (stage.State, stage.Title));
}
