using BlokSec.Functions.Push;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlokSec.Functions.Tests.Push;

public sealed class PushOptionsTests : IAsyncLifetime
{
    private PushCloud cloud = null!;

    public async ValueTask InitializeAsync() => cloud = await PushCloud.StartAsync();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Theory]
    [InlineData("Push:InFlight", "0", "InFlight")]
    [InlineData("Push:CircuitOpenSeconds", "0", "CircuitOpenSeconds")]
    [InlineData("Push:CircuitOpenSeconds", "46", "CircuitOpenSeconds")]
    [InlineData("Push:TimeoutSeconds", "301", "TimeoutSeconds")]
    [InlineData("Push:Apns:KeyId", "", "Push:Apns needs all of")]
    [InlineData("Push:Apns:Topic", "", "Push:Apns needs all of")]
    [InlineData("Push:Fcm:Endpoint", "fcm", "absolute address")]
    [InlineData("Push:Apns:SandboxEndpoint", "ftp://apple", "absolute address")]
    [InlineData("Push:Apns:PrivateKey", "not a key", "a P-256 private key in PEM")]
    [InlineData("Push:Apns:PrivateKey", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "a P-256 private key in PEM")]
    [InlineData("Push:Fcm:ServiceAccount", "{}", "a service account's JSON key file")]
    [InlineData("Push:Fcm:ServiceAccount", "account", "a service account's JSON key file")]
    public async Task Settings_that_cannot_work_stop_the_app_at_start(string key, string value, string complaint)
    {
        await using var app = cloud.StartApp(settings => settings[key] = value);

        var failure = Assert.Throws<OptionsValidationException>(() => app.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains(complaint, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Defaults_are_those_of_the_providers()
    {
        await using var app = cloud.StartApp(settings => settings.Clear());

        var options = app.GetRequiredService<IOptions<PushOptions>>().Value;

        Assert.Equal("https://api.push.apple.com/", options.Apns.ProductionEndpoint.AbsoluteUri);
        Assert.Equal("https://api.sandbox.push.apple.com/", options.Apns.SandboxEndpoint.AbsoluteUri);
        Assert.Equal("https://fcm.googleapis.com/", options.Fcm.Endpoint.AbsoluteUri);
        Assert.Equal((20, 10, 30), (options.InFlight, options.TimeoutSeconds, options.CircuitOpenSeconds));
    }
}
