using BlokSec.Contracts;
using BlokSec.Functions.Messaging;

namespace BlokSec.Functions.Tests.Providers;

/// <summary>
/// Every row of the tables of what Apple and Google answer, through the whole app: the outcome, what happens to the push handle, when it
/// is tried again, and what the administrator reads.
/// </summary>
public sealed class ProviderTableTests(ProviderStory story) : IClassFixture<ProviderStory>
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Settled => Names(row => row.Fate != Fate.Retried);

    public static TheoryData<string> Retried => Names(row => row.Fate == Fate.Retried);

    public static TheoryData<string> Recovering => Names(row => row is { Fate: Fate.Retried, ForEver: false });

    public static TheoryData<string> Stuck => Names(row => row is { Fate: Fate.Retried, ForEver: true });

    public static TheoryData<string> All => Names(_ => true);

    [Theory]
    [MemberData(nameof(Settled))]
    public void I11_An_answer_that_says_all_settles_the_push_erases_the_handle_and_is_not_repeated(string row)
    {
        var (expected, first) = (story.Row(row), story.Of(row)[0]);

        Assert.Equal(
            expected.Fate switch
            {
                Fate.Accepted => RevokePushState.Accepted,
                Fate.Dead => RevokePushState.Unreachable,
                _ => RevokePushState.GivenUp,
            },
            first.Told.Push);
        Assert.Equal((1, null, false), (first.Told.PushAttempts, first.Told.NextAttemptAt, first.HasHandle));
        Assert.Equal(expected.Told, first.Told.PushReason);
        Assert.Equal(["Blocked", $"Push{first.Told.Push}"], first.Told.Timeline.Select(entry => entry.What));
        Assert.Equal(expected.Told, first.Told.Timeline[^1].Detail);
        Assert.Equal(expected.Fate == Fate.Accepted ? RevocationState.PushAccepted : RevocationState.Blocked, first.Told.State);
        Assert.All(story.Of(row), later => Assert.Equal(first.Told.Timeline, later.Told.Timeline));
        Assert.All(story.Of(row), later => Assert.Empty(later.Waiting));
        Assert.Equal(expected.Fate == Fate.Accepted ? 1 : 0, Arrivals(row));
    }

    [Theory]
    [MemberData(nameof(Retried))]
    public void I11_A_passing_failure_keeps_the_handle_and_says_when_it_is_tried_again(string row)
    {
        var (expected, first) = (story.Row(row), story.Of(row)[0]);

        Assert.Equal((RevokePushState.Retrying, 1, true), (first.Told.Push, first.Told.PushAttempts, first.HasHandle));
        Assert.Equal((RevocationState.Blocked, expected.Told), (first.Told.State, first.Told.PushReason));
        Assert.Equal(["Blocked", "PushRetrying"], first.Told.Timeline.Select(entry => entry.What));
        Assert.Equal(expected.Told, first.Told.Timeline[^1].Detail);
        AssertNext(first, attempt: 1, expected.AtLeast);
    }

    [Theory]
    [MemberData(nameof(Retried))]
    public void It_is_tried_again_when_the_back_off_is_over_and_not_before_the_provider_allows_it(string row)
    {
        var (expected, first, second) = (story.Row(row), story.Of(row)[0], story.Of(row)[1]);
        if (expected.AtLeast > TimeSpan.FromSeconds(15))
        {
            Assert.Equal(first.Told, second.Told with { Timeline = first.Told.Timeline });
            Assert.Equal(first.Waiting, second.Waiting);
            return;
        }

        Assert.Equal((RevokePushState.Retrying, 2, true), (second.Told.Push, second.Told.PushAttempts, second.HasHandle));
        Assert.Equal(first.Told.Timeline, second.Told.Timeline);
        AssertNext(second, attempt: 2, expected.AtLeast);
    }

    [Theory]
    [MemberData(nameof(Recovering))]
    public void I3_When_the_provider_recovers_the_push_is_taken_and_the_handle_erased(string row)
    {
        var expected = story.Row(row);
        var waitsLong = expected.AtLeast > TimeSpan.FromMinutes(61);
        var tries = expected.AtLeast > TimeSpan.FromSeconds(15) ? 2 : 3;
        if (waitsLong)
        {
            Assert.Equal((RevokePushState.Retrying, 1), (story.Of(row)[2].Told.Push, story.Of(row)[2].Told.PushAttempts));
        }

        foreach (var later in story.Of(row).Skip(waitsLong ? 3 : 2))
        {
            Assert.Equal((RevokePushState.Accepted, tries, null), (later.Told.Push, later.Told.PushAttempts, later.Told.NextAttemptAt));
            Assert.Equal((RevocationState.PushAccepted, null), (later.Told.State, later.Told.PushReason));
            Assert.Equal(["Blocked", "PushRetrying", "PushAccepted"], later.Told.Timeline.Select(entry => entry.What));
            Assert.False(later.HasHandle);
            Assert.Empty(later.Waiting);
        }

        Assert.Equal(expected.Arrivals, Arrivals(row));
    }

    [Theory]
    [MemberData(nameof(Stuck))]
    public void I11_A_provider_that_never_recovers_is_asked_for_30_days_and_then_the_push_is_given_up(string row)
    {
        var (expected, seen) = (story.Row(row), story.Of(row));
        foreach (var (almost, attempt) in new[] { (seen[2], expected.AtLeast > TimeSpan.FromSeconds(15) ? 2 : 3) })
        {
            Assert.Equal((RevokePushState.Retrying, attempt, true), (almost.Told.Push, almost.Told.PushAttempts, almost.HasHandle));
            AssertNext(almost, attempt, expected.AtLeast);
        }

        var afterAMonth = seen[3];
        Assert.True(afterAMonth.At < afterAMonth.Told.RetryUntil);
        Assert.Equal((RevokePushState.Retrying, true), (afterAMonth.Told.Push, afterAMonth.HasHandle));
        Assert.Single(afterAMonth.Waiting);
        var last = seen[4];
        Assert.Equal(last.Told.BlockedAt.AddDays(30), last.Told.RetryUntil);
        Assert.Equal((RevokePushState.GivenUp, null, false), (last.Told.Push, last.Told.NextAttemptAt, last.HasHandle));
        Assert.Equal($"Not delivered in 30 days; last: {expected.Told}", last.Told.PushReason);
        Assert.Equal(["Blocked", "PushRetrying", "PushGivenUp"], last.Told.Timeline.Select(entry => entry.What));
        Assert.Equal(afterAMonth.Told.PushAttempts, last.Told.PushAttempts);
        Assert.Equal(RevocationState.Blocked, last.Told.State);
        Assert.Empty(last.Waiting);
        Assert.Equal(0, Arrivals(row));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_operator_is_called_for_what_a_person_must_repair_and_for_nothing_else(string row)
    {
        var alerts = story.Test.Logs.Lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)
            && line.Contains(story.DeviceId(row), StringComparison.Ordinal)).ToArray();

        Assert.Equal(story.Row(row).Alerts ? 1 : 0, alerts.Length);
        Assert.All(alerts, line => Assert.Contains("needs an operator", line, StringComparison.Ordinal));
    }

    [Fact]
    public void I5_All_of_it_happened_to_devices_of_the_same_users_at_the_same_moment_and_nothing_ended_as_a_dead_letter()
    {
        Assert.True(story.Rows.Count > 60);
        Assert.Equal(0, story.Test.Cloud.ServiceBus.Count(Queues.RevokePushes).DeadLettered);
        Assert.DoesNotContain(story.Test.Logs.Lines, line => line.Contains("refuses us", StringComparison.Ordinal));
    }

    [Fact]
    public void Apple_saw_a_new_provider_token_at_most_once_in_45_minutes_and_every_retry_of_a_push_by_its_first_id()
    {
        var pushes = story.Test.Cloud.Apns.Accepted.ToLookup(push => push.Token);

        Assert.Equal(3, story.Test.Cloud.Apns.ProviderTokensSeen);
        Assert.All(pushes, of => Assert.Single(of.Select(push => push.Id).Distinct()));
        Assert.All(pushes, of => Assert.Single(of.Select(push => push.Text).Distinct()));
    }

    private static TheoryData<string> Names(Func<ProviderRow, bool> which) =>
        [.. ProviderRows.All(DateTimeOffset.UnixEpoch).Where(which).Select(ProviderStory.Key)];

    private int Arrivals(string row)
    {
        var handle = story.Handle(row).Value;
        return story.Test.Cloud.Apns.Accepted.Concat(story.Test.Cloud.Fcm.Accepted).Count(push => push.Token == handle);
    }

    /// <summary>
    /// The next attempt is after the back-off (doubled at each attempt up to 45 s, a quarter of it chance) or when the provider allows it.
    /// </summary>
    private static void AssertNext(Glimpse seen, int attempt, TimeSpan atLeast)
    {
        var backOff = TimeSpan.FromSeconds(Math.Min(36, FirstBackOff.TotalSeconds * Math.Pow(2, attempt - 1)));
        var next = seen.Told.NextAttemptAt!.Value;
        if (backOff > atLeast)
        {
            Assert.InRange(next - seen.At, backOff, backOff * 1.25);
        }
        else
        {
            // A date has no parts of a second.
            Assert.InRange(next - seen.At, atLeast - TimeSpan.FromSeconds(1), atLeast);
        }

        // One message waits, until then and no earlier, and it has come once for each attempt: nothing spins.
        var (due, number) = Assert.Single(seen.Waiting);
        Assert.InRange(due - next, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal(attempt, number);
    }
}
