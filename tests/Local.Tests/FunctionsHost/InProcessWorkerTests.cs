using BlokSec.EchoWorker;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>Workers with the real packages inside the test's own process, each with a host of its own.</summary>
public sealed class InProcessWorkerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_run_beside_each_other()
    {
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", AppFolder.EchoWorker);
        await using var first = await HostFixture.StartAloneAsync();
        await using var second = await HostFixture.StartAloneAsync();
        using var one = EchoWorkerApp.InProcess(first.Host.WorkerEndpoint, "one", FreePorts.Next());
        using var other = EchoWorkerApp.InProcess(second.Host.WorkerEndpoint, "other", FreePorts.Next());
        await one.StartAsync(Cancelled);
        await other.StartAsync(Cancelled);

        foreach (var fixture in (HostFixture[])[first, second])
        {
            Assert.Equal($"{Environment.ProcessId}", await fixture.Client.GetStringAsync(new Uri("api/process", UriKind.Relative), Cancelled));
            Assert.True(await fixture.Host.InvokeQueueAsync("SbFn", "hello", new Dictionary<string, string>()));
            Assert.False(await fixture.Host.InvokeQueueAsync("SbFn", "fail", new Dictionary<string, string>()));
        }

        await one.StopAsync(Cancelled);
        Assert.Equal($"{Environment.ProcessId}", await second.Client.GetStringAsync(new Uri("api/process", UriKind.Relative), Cancelled));
        await other.StopAsync(Cancelled);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_fails_and_the_function_is_told()
    {
        Environment.SetEnvironmentVariable("FUNCTIONS_APPLICATION_DIRECTORY", AppFolder.EchoWorker);
        await using var fixture = await HostFixture.StartAloneAsync();
        using var worker = EchoWorkerApp.InProcess(fixture.Host.WorkerEndpoint, "worker", FreePorts.Next());
        await worker.StartAsync(Cancelled);
        await fixture.Host.WaitUntilReadyAsync(Cancelled);

        var call = fixture.Host.InvokeQueueAsync("SbFn", "hang", new Dictionary<string, string>());
        await fixture.WaitForOutputAsync("SbFn got hang");
        fixture.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.False(await call);
        await fixture.WaitForOutputAsync(line => line.Contains("TaskCanceledException", StringComparison.Ordinal));
        await worker.StopAsync(Cancelled);
    }
}
