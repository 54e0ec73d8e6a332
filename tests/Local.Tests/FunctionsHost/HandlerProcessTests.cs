using System.Diagnostics;
using System.Globalization;
using System.Net;
using BlokSec.Local.FunctionsHost;
using BlokSec.Local.Tests.ServiceBus;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class HandlerProcessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_handler_runs_in_the_apps_folder_with_its_settings_and_its_output_is_passed_on()
    {
        await using var fixture = await StartAsync(settings: new() { ["Greeting"] = "hello" });
        Assert.Equal("hello", await GetAsync(fixture, "api/setting?name=Greeting"));
        Assert.Equal(fixture.Host.Address.GetLeftPart(UriPartial.Authority), await GetAsync(fixture, "api/setting?name=ASPNETCORE_URLS"));
        Assert.Contains("functions-", await GetAsync(fixture, "api/folder"), StringComparison.Ordinal);
        await fixture.WaitForOutputAsync(line => line == "started");
    }

    [Fact]
    public async Task The_probe_is_as_bare_as_the_real_hosts()
    {
        await using var fixture = await StartAsync();
        var probe = Recorded.Parse(await GetAsync(fixture, "api/probe"));
        Assert.Equal(HostFixture.Envelope("probe"), HostFixture.Normalize(probe));
    }

    [Fact]
    public async Task A_message_reaches_the_process()
    {
        await using var fixture = await StartAsync();
        await fixture.Bus.SendAsync("{}");
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        await fixture.WaitForOutputAsync(line => line == "invoked SbFn");
    }

    [Fact]
    public async Task A_crash_fails_the_call_in_flight_and_brings_a_new_process()
    {
        await using var fixture = await StartAsync();
        var before = await GetAsync(fixture, "api/process");
        Assert.Equal(HttpStatusCode.InternalServerError, await ExitAsync(fixture, 3));
        Assert.NotEqual(before, await GetAsync(fixture, "api/process"));
    }

    [Fact]
    public async Task Crashes_with_successes_between_never_end_the_host()
    {
        await using var fixture = await StartAsync();
        for (var crash = 0; crash < 4; crash++)
        {
            await ExitAsync(fixture, 3);
            await GetAsync(fixture, "api/process");
        }
    }

    [Fact]
    public async Task The_third_crash_in_a_row_is_the_last()
    {
        await using var fixture = await StartAsync();
        for (var crash = 0; crash < 3; crash++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, await ExitAsync(fixture, 3));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ExitAsync(fixture, 3));
        Assert.True((await Assert.ThrowsAsync<HandlerLostException>(() => fixture.Host.WaitUntilReadyAsync(Cancelled))).GaveUp);
    }

    [Fact]
    public async Task A_handler_that_cannot_start_is_given_up()
    {
        await using var fixture = await StartAsync(settings: new() { ["ECHO_EXIT_AT_START"] = "7" }, isReady: false);
        Assert.True((await Assert.ThrowsAsync<HandlerLostException>(() => fixture.Host.WaitUntilReadyAsync(Cancelled))).GaveUp);
        Assert.Equal(3, fixture.Output.Count(line => line.Contains("exit code 7", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Exit_code_0_is_for_ever()
    {
        await using var fixture = await StartAsync();
        await ExitAsync(fixture, 0);
        Assert.False((await Assert.ThrowsAsync<HandlerLostException>(() => fixture.Host.WaitUntilReadyAsync(Cancelled))).GaveUp);
        Assert.Equal(HttpStatusCode.InternalServerError, await ExitAsync(fixture, 0));
    }

    [Fact]
    public async Task A_call_that_takes_too_long_costs_the_process()
    {
        await using var fixture = await StartAsync();
        var before = await GetAsync(fixture, "api/process");
        var call = fixture.Client.PostAsync(new Uri("api/hang", UriKind.Relative), null, Cancelled);
        while (!call.IsCompleted)
        {
            // The clock may move before the call arrived; then it moves again.
            fixture.Bus.Time.Advance(TimeSpan.FromMinutes(5));
            await Task.WhenAny(call, GetAsync(fixture, "api/process"));
        }

        using var response = await call;
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.NotEqual(before, await GetAsync(fixture, "api/process"));
    }

    [Fact]
    public async Task A_kill_on_request_is_immediate_and_never_counts()
    {
        await using var fixture = await StartAsync();
        for (var kill = 0; kill < 5; kill++)
        {
            using var process = Process.GetProcessById(int.Parse(await GetAsync(fixture, "api/process"), CultureInfo.InvariantCulture));
            await fixture.Host.KillHandlerAsync();
            await process.WaitForExitAsync(Cancelled);
        }

        for (var kill = 0; kill < 4; kill++)
        {
            await fixture.Host.KillHandlerAsync();
        }

        await fixture.Host.WaitUntilReadyAsync(Cancelled);
    }

    [Fact]
    public async Task A_message_in_hand_of_a_killed_process_is_delivered_to_the_next()
    {
        await using var fixture = await StartAsync();
        for (var message = 0; message < 20; message++)
        {
            await fixture.Bus.SendAsync("{}");
        }

        await fixture.Host.KillHandlerAsync();
        await fixture.Bus.Bus.WaitUntilIdleAsync(Cancelled);
        Assert.Equal(0, fixture.Bus.Bus.Count(BusFixture.Queue).DeadLettered);
    }

    [Fact]
    public async Task Stopping_the_host_ends_the_process()
    {
        await using var fixture = await StartAsync();
        using var process = Process.GetProcessById(int.Parse(await GetAsync(fixture, "api/process"), CultureInfo.InvariantCulture));
        await fixture.Host.DisposeAsync();
        await process.WaitForExitAsync(Cancelled);
    }

    private static async Task<HostFixture> StartAsync(Dictionary<string, string>? settings = null, bool isReady = true)
    {
        var folder = new AppFolder()
            .WithHttp("Probe", "probe", "get")
            .WithHttp("Process", "process", "get")
            .WithHttp("Setting", "setting", "get")
            .WithHttp("Folder", "folder", "get")
            .WithHttp("Exit", "exit", "post")
            .WithHttp("Hang", "hang", "post")
            .WithQueue("SbFn", BusFixture.Queue);
        var fixture = await HostFixture.StartAsync(folder, options => options with { AttachTo = null, Environment = settings ?? [] });
        if (isReady)
        {
            await fixture.Host.WaitUntilReadyAsync(Cancelled);
        }

        return fixture;
    }

    private static Task<string> GetAsync(HostFixture fixture, string path) => fixture.Client.GetStringAsync(new Uri(path, UriKind.Relative), Cancelled);

    private static async Task<HttpStatusCode> ExitAsync(HostFixture fixture, int code)
    {
        using var response = await fixture.Client.PostAsync(new Uri($"api/exit?code={code}", UriKind.Relative), null, Cancelled);
        return response.StatusCode;
    }
}
