using System.Net;

namespace BlokSec.Local.Tests.Apns;

/// <summary>How the stand-in checks the tokens by which an app proves who it is.</summary>
public sealed class ApnsProviderTokenTests : IAsyncLifetime
{
    private readonly ApnsTarget target = new();

    public ValueTask InitializeAsync() => target.StartAsync();

    public ValueTask DisposeAsync() => target.DisposeAsync();

    [Fact]
    public async Task Provider_tokens_live_one_hour()
    {
        using var response = await target.SendAsync(headers => headers["authorization"] = "bearer " + ApnsTarget.Jwt(target.Time.GetUtcNow().AddMinutes(-61)));

        await ApnsTarget.AssertAsync(response, 403, "ExpiredProviderToken");
    }

    [Theory]
    [InlineData("OTHER", "TEAM")]
    [InlineData("KEY", "OTHER")]
    public async Task Provider_tokens_name_key_and_team(string keyId, string teamId)
    {
        using var response = await target.SendAsync(headers => headers["authorization"] = "bearer " + ApnsTarget.Jwt(target.Time.GetUtcNow(), keyId, teamId));

        await ApnsTarget.AssertAsync(response, 403, "InvalidProviderToken");
    }

    [Fact]
    public async Task Provider_tokens_change_at_most_once_in_20_minutes()
    {
        var first = "bearer " + ApnsTarget.Jwt(target.Time.GetUtcNow());
        var second = "bearer " + ApnsTarget.Jwt(target.Time.GetUtcNow().AddSeconds(1));
        using var accepted = await target.SendAsync(headers => headers["authorization"] = first);
        using var refused = await target.SendAsync(headers => headers["authorization"] = second);
        using var still = await target.SendAsync(headers => headers["authorization"] = first);
        target.Time.Advance(TimeSpan.FromMinutes(20));
        using var later = await target.SendAsync(headers => headers["authorization"] = second);

        await ApnsTarget.AssertAsync(refused, 429, "TooManyProviderTokenUpdates");
        Assert.All([accepted, still, later], response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2, target.Apns.ProviderTokensSeen);
    }
}
