using BlokSec.Local.Tests.ServiceBus;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>A function app that somebody starts in a debugger, while everything else already runs.</summary>
public sealed class AttachedHandlerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_and_messages_wait_for_an_app_that_is_started_later()
    {
        var address = new Uri($"http://127.0.0.1:{LocalPorts.FindFree()}");
        await using var fixture = await HostFixture.StartAsync(
            new AppFolder().WithHttp("Probe", "probe", "get").WithQueue("SbFn", BusFixture.Queue),
            options => options with { AttachTo = null, WaitFor = address });
        await fixture.Bus.SendAsync("{}");
        var early = fixture.Client.GetAsync(new Uri("api/probe", UriKind.Relative), Stop);
        Assert.False(early.IsCompleted);

        await using var app = await RecordingHandler.StartAsync(address.Port);

        using var answer = await early;
        Assert.True(answer.IsSuccessStatusCode);
        await fixture.Bus.Bus.WaitUntilIdleAsync(Stop);
        Assert.Equal(0, fixture.Bus.Bus.Count(BusFixture.Queue).DeadLettered);
    }
}
