using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Users;

namespace BlokSec.Portal.Tests.Users;

public sealed class PollRhythmTests
{
    private static readonly UserDetails Quiet = Samples.User(Samples.Device());

    [Theory]
    [InlineData(0, 1)]
    [InlineData(8, 1)]
    [InlineData(24, 3)]
    [InlineData(600, 5)]
    public void Open_work_is_looked_at_each_second_and_more_rarely_when_nothing_moves(int quietSeconds, int pauseSeconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(pauseSeconds),
            PollRhythm.After(Quiet with { Operations = [Samples.Operation()] }, TimeSpan.FromSeconds(quietSeconds)));

    [Fact]
    public void A_phone_that_does_not_know_yet_is_waited_for_ever_more_slowly()
    {
        var waiting = Quiet with { Revocations = [Samples.Revocation(Samples.Device())] };
        Assert.Equal(TimeSpan.FromSeconds(1), PollRhythm.After(waiting, TimeSpan.Zero));
        Assert.Equal(TimeSpan.FromSeconds(30), PollRhythm.After(waiting, TimeSpan.FromHours(1)));
    }

    [Fact]
    public void An_open_claim_is_seen_within_seconds_when_it_is_redeemed() =>
        Assert.Equal(TimeSpan.FromSeconds(5), PollRhythm.After(Quiet with { Claim = Samples.Claim() }, TimeSpan.FromHours(1)));

    [Fact]
    public void A_quiet_page_is_read_once_a_minute() => Assert.Equal(PollRhythm.Idle, PollRhythm.After(Quiet, TimeSpan.Zero));

    [Fact]
    public void Problems_are_retried_ever_more_slowly_up_to_half_a_minute()
    {
        Assert.Equal(
            [2, 4, 8, 16, 30, 30],
            Enumerable.Range(1, 6).Select(failures => (int)PollRhythm.After(ApiProblem.Unreachable, failures).TotalSeconds));
    }

    [Fact]
    public void A_problem_that_only_somebody_can_end_is_not_retried() =>
        Assert.Equal(Timeout.InfiniteTimeSpan, PollRhythm.After(ApiProblem.SessionExpired, 1));
}
