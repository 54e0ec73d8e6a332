using BlokSec.Functions.Security;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Functions.Tests.Security;

public sealed class ReplayGuardTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ReplayGuard guard;

    public ReplayGuardTests() => guard = new ReplayGuard(time);

    [Fact]
    public void A_proof_counts_once()
    {
        Assert.True(guard.TryRemember(Proof("device", "jti")));
        Assert.False(guard.TryRemember(Proof("device", "jti")));
    }

    [Fact]
    public void The_same_jti_of_another_device_is_another_proof()
    {
        Assert.True(guard.TryRemember(Proof("device", "jti")));
        Assert.True(guard.TryRemember(Proof("other", "jti")));
        Assert.True(guard.TryRemember(Proof("device", "other")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(119)]
    public void It_is_remembered_as_long_as_it_can_be_used(int secondsBefore)
    {
        time.Advance(TimeSpan.FromSeconds(secondsBefore));
        guard.TryRemember(Proof("device", "jti"));
        for (var second = 0; second < 120; second += 10)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.False(guard.TryRemember(Proof("device", "jti")));
        }
    }

    [Fact]
    public void It_is_forgotten_afterwards()
    {
        guard.TryRemember(Proof("device", "jti"));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(guard.TryRemember(Proof("device", "jti")));
    }

    [Fact]
    public void Memory_has_a_bound_and_the_newest_are_kept()
    {
        for (var number = 0; number < 3 * ReplayGuard.Capacity; number++)
        {
            guard.TryRemember(Proof("device", $"jti-{number}"));
        }

        Assert.False(guard.TryRemember(Proof("device", $"jti-{3 * ReplayGuard.Capacity - 1}")));
        Assert.True(guard.TryRemember(Proof("device", "jti-0")));
    }

    private static DeviceProof Proof(string device, string jti) => new("contoso", "user", device, "{}", jti, 0);
}
