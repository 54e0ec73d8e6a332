using System.Net;
using System.Security.Cryptography;

namespace BlokSec.Local.Tests.Fcm;

public sealed class FcmAccessTests : IAsyncLifetime
{
    private FcmCaller fcm = null!;

    public async ValueTask InitializeAsync() => fcm = await FcmCaller.StartAsync();

    public ValueTask DisposeAsync() => fcm.DisposeAsync();

    [Fact]
    public async Task An_access_token_is_needed_and_lives_one_hour()
    {
        using (var response = await fcm.SendAsync())
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        fcm.Time.Advance(TimeSpan.FromMinutes(60));
        using var expired = await fcm.SendAsync();
        await FcmCaller.ErrorAsync(expired, 401, "UNAUTHENTICATED");
    }

    [Theory]
    [InlineData("iss", "other@test.iam.gserviceaccount.com")]
    [InlineData("aud", "https://example.com/token")]
    [InlineData("scope", "https://www.googleapis.com/auth/drive")]
    [InlineData("exp", 1772362800L)]
    [InlineData("exp", 1772400000L)]
    public async Task Assertions_are_checked(string claim, object value)
    {
        using var response = await fcm.AskAsync(fcm.Assertion(claims => claims[claim] = value));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_grant", (await FcmCaller.BodyAsync(response)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task An_assertion_with_another_key_is_refused()
    {
        using var other = RSA.Create(2048);
        using var response = await fcm.AskAsync(fcm.Assertion(key: other));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }
}
