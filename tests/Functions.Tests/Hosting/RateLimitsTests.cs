using BlokSec.Contracts;
using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Functions.Tests.Promises;
using BlokSec.Local.Phones.Keys;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class RateLimitsTests : IAsyncLifetime
{
    private const int Limit = 4;

    private TestCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await TestCloud.StartAsync(new TestCloudOptions
    {
        Settings = new Dictionary<string, string>
        {
            ["RateLimits__AdministratorPerMinute"] = $"{Limit}",
            ["RateLimits__DevicePerMinute"] = $"{Limit}",
            ["RateLimits__ClaimPerMinute"] = $"{Limit}",
        },
    });

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task An_administrator_who_asks_too_often_is_told_when_to_come_back_and_others_are_served()
    {
        var user = await cloud.NewUserAsync(phones: 1);
        var admin = cloud.Admin();
        for (var call = 0; call < Limit; call++)
        {
            Assert.Equal(200, (await admin.AskAsync($"users/{user.UserId}")).Status);
        }

        using var refused = await admin.Http.GetAsync($"users/{user.UserId}", TestContext.Current.CancellationToken);
        var removal = await admin.RemovalAsync(user.UserId, user.DeviceIds[0]);

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal((429, ProblemCodes.TooManyRequests), (removal.Status, removal.Code));
        Assert.Equal(200, (await cloud.Admin(TestCloud.Reader).AskAsync($"users/{user.UserId}")).Status);
        Assert.Empty(await cloud.AuditAsync(user));
    }

    [Fact]
    public async Task I5_A_device_that_calls_too_often_slows_down_no_other()
    {
        var user = await cloud.NewUserAsync(phones: 2);
        for (var call = 0; call < Limit; call++)
        {
            Assert.Equal(200, (await cloud.StatusAsync(user.Signer(0))).Status);
        }

        var refused = await cloud.StatusAsync(user.Signer(0));
        var other = await cloud.StatusAsync(user.Signer(1));

        Assert.Equal(429, refused.Status);
        Assert.Equal(200, other.Status);
    }

    [Fact]
    public async Task I8_Redemptions_are_counted_against_the_user_whatever_key_tries()
    {
        var user = await cloud.NewUserAsync(phones: 0, invited: true);
        var stranger = PhoneKey.Create(KeyKind.P256);
        for (var call = 0; call < Limit; call++)
        {
            Assert.Equal(403, (await cloud.RedeemAsync(user.NewSigner(), stranger, "wrong")).Status);
        }

        Assert.Equal(429, (await cloud.RedeemAsync(user.NewSigner(), stranger, "wrong")).Status);
    }
}
