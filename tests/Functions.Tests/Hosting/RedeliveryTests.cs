using BlokSec.Functions.Hosting;
using BlokSec.Functions.Messaging;
using BlokSec.Local;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class RedeliveryTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void I3_For_hours_a_failed_message_comes_again_within_less_than_a_minute_however_often_it_failed()
    {
        Assert.All(
            Enumerable.Range(0, 500),
            failures => Assert.InRange(
                Redelivery.BackOff(Failing(failures, TimeSpan.FromHours(5)), Now), TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(45)));
    }

    [Fact]
    public void Back_off_doubles_and_after_hours_it_grows_to_a_quarter_of_an_hour()
    {
        Assert.InRange(Redelivery.BackOff(Failing(3, TimeSpan.FromSeconds(20)), Now), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8));
        Assert.InRange(Redelivery.BackOff(Failing(300, TimeSpan.FromHours(7)), Now), TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(15));
    }

    [Theory]
    [InlineData(10_000, 47, false)]
    [InlineData(99, 1000, false)]
    [InlineData(100, 48, true)]
    public void I3_A_message_is_given_up_after_two_days_of_failures_never_for_their_number_alone(int failures, int hours, bool isOver) =>
        Assert.Equal(isOver, Redelivery.IsOver(Failing(failures, TimeSpan.FromHours(hours)), Now));

    [Fact]
    public void A_message_of_an_earlier_version_which_does_not_tell_since_when_it_fails_is_not_given_up() =>
        Assert.False(Redelivery.IsOver(Failing(10_000, TimeSpan.Zero) with { FailingSince = null }, Now));

    /// <summary>The worst hour: the bus takes no message and renews no lock, but delivers.</summary>
    [Fact]
    public void I3_The_bus_allows_more_deliveries_than_an_outage_of_an_hour_and_ten_crashes_take() => Assert.All(
        Topology.Read().ServiceBus.Queues,
        queue => Assert.True(queue.MaxDeliveryCount > Redelivery.MostDeliveries + (TimeSpan.FromHours(1).TotalSeconds / queue.LockSeconds) + 10));

    private static RevocationMessage Failing(int failures, TimeSpan since) => new()
    {
        TenantId = "contoso",
        UserId = "ada",
        OperationId = "removal",
        Failures = failures,
        FailingSince = Now - since,
    };
}
