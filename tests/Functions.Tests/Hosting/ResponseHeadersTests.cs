using BlokSec.Functions.Tests.Infrastructure;

namespace BlokSec.Functions.Tests.Hosting;

public sealed class ResponseHeadersTests(OpenCloud cloud) : IClassFixture<OpenCloud>
{
    [Theory]
    [InlineData("users", "no-store")]
    [InlineData("users/nobody", "no-store")]
    [InlineData("users/nobody/claim/qr", "no-store")]
    [InlineData("mobile/device/status", "no-store")]
    [InlineData(".well-known/jwks.json", "public, max-age=300")]
    public async Task No_answer_is_stored_framed_or_sniffed(string path, string cache)
    {
        var answer = await cloud.Api.SendAsync(cloud.Admin, HttpMethod.Get, path);

        Assert.Equal(cache, answer.Headers.CacheControl?.ToString());
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", answer.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task The_address_of_an_operation_is_the_public_one_whatever_host_the_caller_named()
    {
        var user = await cloud.Test.NewUserAsync();

        var answer = await cloud.Api.SendAsync(
            cloud.Admin,
            HttpMethod.Post,
            $"users/{user.UserId}/unregistration",
            """{"confirmation":"unregister all devices"}""",
            ("Host", "evil.example"));

        Assert.Equal(202, answer.Status);
        Assert.StartsWith(
            $"{cloud.Test.Cloud.ApiAddress}api/users/{user.UserId}/operations/",
            answer.Headers.GetValues("Operation-Location").Single(),
            StringComparison.Ordinal);
    }
}
