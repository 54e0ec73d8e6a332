using BlokSec.Functions.Push;

namespace BlokSec.Functions.Tests.Push;

public sealed class PushBackOffTests
{
    private static readonly PushResult Unavailable = new PushResult.Unavailable("ServiceUnavailable", null, "Out of order.");

    [Fact]
    public void I3_In_the_first_two_hours_of_a_trouble_no_push_waits_longer_than_45_seconds()
    {
        foreach (var (attempts, minutes) in Enumerable.Range(0, 200).Select(attempts => (attempts, attempts * 119 / 200)))
        {
            foreach (var wait in Waits(Unavailable, attempts, TimeSpan.FromMinutes(minutes)))
            {
                Assert.InRange(wait.TotalSeconds, 10, 45);
            }
        }
    }

    [Theory]
    [InlineData(2.1, 0.2, 0.27)]
    [InlineData(4, 0.4, 0.5)]
    [InlineData(24, 0.8, 1)]
    [InlineData(700, 0.8, 1)]
    public void Then_it_waits_for_an_eighth_of_the_trouble_and_at_most_an_hour(double hours, double least, double most) =>
        Assert.All(Waits(Unavailable, 500, TimeSpan.FromHours(hours)), wait => Assert.InRange(wait.TotalHours, least, most));

    [Fact]
    public void A_provider_that_wants_fewer_pushes_is_asked_ever_more_seldom() => Assert.All(
        Waits(new PushResult.Throttled(default, "QUOTA_EXCEEDED", "Too many."), 20, TimeSpan.FromMinutes(10)),
        wait => Assert.InRange(wait.TotalHours, 0.8, 1));

    [Fact]
    public void A_push_that_was_held_back_waits_as_long_as_at_first() => Assert.All(
        Waits(Unavailable with { WasSent = false }, 20, TimeSpan.FromMinutes(10)), wait => Assert.InRange(wait.TotalSeconds, 10, 12.5));

    private static IEnumerable<TimeSpan> Waits(PushResult result, int attempts, TimeSpan trouble) =>
        Enumerable.Range(0, 20).Select(_ => PushBackOff.After(result, attempts, trouble));
}
