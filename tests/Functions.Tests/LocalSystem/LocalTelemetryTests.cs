using BlokSec.Functions.Tests.Infrastructure;
using BlokSec.Local;

namespace BlokSec.Functions.Tests.LocalSystem;

public sealed class LocalTelemetryTests
{
    [Fact]
    public async Task The_function_app_sends_where_the_shell_of_the_local_system_says()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var shell = new Dictionary<string, string>(receiver.Settings) { ["OTEL_BSP_SCHEDULE_DELAY"] = "50", ["HOME"] = "/home/somebody" };
        shell.Remove("Telemetry__ReadRatio");

        await using var test = await TestCloud.StartAsync(new TestCloudOptions { Published = true, Settings = LocalTelemetry.Of(shell) });
        var user = await test.NewUserAsync();

        // A busy machine may lose one export, as a busy collector would.
        await test.UntilAsync(
            async () =>
            {
                await test.Admin().UserAsync(user.UserId, TestContext.Current.CancellationToken);
                return receiver.Texts("traces").FirstOrDefault(text => text.Contains(user.UserId, StringComparison.Ordinal));
            },
            "the trace of a call that only reads arrived");
    }

    [Fact]
    public void Without_an_address_nothing_is_sent()
    {
        Assert.Empty(LocalTelemetry.Of(new Dictionary<string, string> { ["OTEL_SERVICE_NAME"] = "me", ["HOME"] = "/home/somebody" }));
    }
}
