using BlokSec.Functions.Http;
using BlokSec.Functions.Limits;
using BlokSec.Functions.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class StrangerLimitsTests
{
    [Fact]
    public async Task An_instance_admits_no_more_strangers_than_it_may_from_however_many_addresses()
    {
        using var limits = Limits(new RateLimitOptions { StrangersPerMinute = 3 }, out var services);

        var admitted = new List<int>();
        for (var address = 0; address < 6; address++)
        {
            admitted.Add(await CallAsync(limits, services, $"203.0.113.{address}", $"key{address}.claims.signature", 401));
        }

        Assert.Equal([401, 401, 401, 429, 429, 429], admitted);
    }

    [Fact]
    public async Task A_device_that_was_served_before_is_admitted_whatever_strangers_do()
    {
        using var limits = Limits(new RateLimitOptions { StrangersPerMinute = 2 }, out var services);
        Assert.Equal(200, await CallAsync(limits, services, "203.0.113.1", "phone.first.signature", 200));
        Assert.Equal(401, await CallAsync(limits, services, "203.0.113.2", "stranger.first.signature", 401));
        Assert.Equal(429, await CallAsync(limits, services, "203.0.113.3", "stranger.second.signature", 401));

        Assert.Equal(200, await CallAsync(limits, services, "203.0.113.1", "phone.second.signature", 200));
    }

    [Fact]
    public async Task A_device_that_spells_its_key_in_many_ways_is_known_once()
    {
        using var limits = Limits(new RateLimitOptions { StrangersPerMinute = 2 }, out var services);
        Assert.Equal(200, await CallAsync(limits, services, "203.0.113.1", "spelled.first.signature", 200));
        Assert.Equal(200, await CallAsync(limits, services, "203.0.113.1", "otherwise.first.signature", 200));

        Assert.Equal(429, await CallAsync(limits, services, "203.0.113.1", "spelled.second.signature", 200));
        Assert.Equal(200, await CallAsync(limits, services, "203.0.113.1", "otherwise.second.signature", 200));
    }

    [Fact]
    public async Task Calls_without_a_proof_take_nothing_from_phones_at_other_addresses()
    {
        using var limits = Limits(new RateLimitOptions { StrangersPerMinute = 1, AddressPerMinute = 2 }, out var services);
        Assert.Equal(401, await CallAsync(limits, services, "203.0.113.1", "", 401));
        Assert.Equal(401, await CallAsync(limits, services, "203.0.113.1", "junk", 401));
        Assert.Equal(429, await CallAsync(limits, services, "203.0.113.1", "junk", 401));

        Assert.Equal(200, await CallAsync(limits, services, "203.0.113.2", "phone.first.signature", 200));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "[2001:db8:1:2:ffff::9]:443", 429)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", 401)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", 429)]
    [InlineData("203.0.113.7", "198.51.100.1, 203.0.113.7:4711", 429)]
    [InlineData("203.0.113.7", "203.0.113.7, 198.51.100.1", 401)]
    public async Task The_address_is_what_the_front_end_appended_and_a_network_of_IPv6_is_one(string first, string second, int status)
    {
        using var limits = Limits(new RateLimitOptions { AddressPerMinute = 1 }, out var services);
        Assert.Equal(401, await CallAsync(limits, services, first, "a.b.c", 401));

        Assert.Equal(status, await CallAsync(limits, services, second, "d.e.f", 401));
    }

    private static StrangerLimits Limits(RateLimitOptions options, out IServiceProvider services)
    {
        var configured = Options.Create(options);
        services = new ServiceCollection().AddSingleton<IOptions<RateLimitOptions>>(configured).AddLogging().BuildServiceProvider();
        return new StrangerLimits(configured);
    }

    private static async Task<int> CallAsync(StrangerLimits limits, IServiceProvider services, string forwardedFor, string proof, int answer)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Headers["X-Forwarded-For"] = forwardedFor;
        context.Request.Headers["DPoP"] = proof;
        if (answer == 200)
        {
            context.Features.Set(new DeviceProof("tenant", "user", "device", "{}", "0123456789abcdef", 0));
        }

        await limits.AdmitAsync(context, served =>
        {
            served.Response.StatusCode = answer;
            return Task.CompletedTask;
        });
        return context.Response.StatusCode;
    }
}
