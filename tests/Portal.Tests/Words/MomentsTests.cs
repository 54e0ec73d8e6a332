using BlokSec.Portal.Tests.Infrastructure;
using BlokSec.Portal.Words;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Portal.Tests.Words;

public sealed class MomentsTests
{
    private readonly Moments moments;

    public MomentsTests()
    {
        var clock = new FakeTimeProvider(Samples.Now);
        clock.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("test", new TimeSpan(-3, -30, 0), "test", "test"));
        moments = new Moments(clock);
    }

    [Theory]
    [InlineData(0, "just now")]
    [InlineData(-9, "just now")]
    [InlineData(-59, "59 seconds ago")]
    [InlineData(-60, "1 minute ago")]
    [InlineData(-3 * 3600, "3 hours ago")]
    [InlineData(-2 * 86400, "2 days ago")]
    [InlineData(-61 * 86400, "on 2026-09-25")]
    [InlineData(5, "in a moment")]
    [InlineData(120, "in 2 minutes")]
    public void A_time_is_told_as_how_long_ago(int seconds, string expected) =>
        Assert.Equal(expected, moments.Relative(Samples.Now.AddSeconds(seconds)));

    [Fact]
    public void The_exact_time_is_on_the_administrators_clock_and_says_so() =>
        Assert.Equal("2026-11-25 07:33:05 (UTC-03:30)", moments.Exact(Samples.Now));

    [Fact]
    public void A_time_of_another_day_says_which()
    {
        Assert.Equal("07:33", moments.Minute(Samples.Now));
        Assert.Equal("2026-11-24 07:33:05", moments.Second(Samples.Now.AddDays(-1)));
    }

    [Theory]
    [InlineData(86400, "1 d 0 h")]
    [InlineData(86399, "23 h 59 min")]
    [InlineData(545, "9 min 05 s")]
    [InlineData(59, "59 s")]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    public void What_is_left_counts_down_to_nothing(int seconds, string? expected) =>
        Assert.Equal(expected, moments.Left(Samples.Now.AddSeconds(seconds)));
}
