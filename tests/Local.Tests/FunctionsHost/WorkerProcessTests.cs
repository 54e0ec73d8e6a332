using System.Diagnostics;
using System.Globalization;
using System.Net;
using Azure.Messaging.ServiceBus;
using BlokSec.Local.FunctionsHost;
using BlokSec.Local.Tests.ServiceBus;

namespace BlokSec.Local.Tests.FunctionsHost;

/// <summary>A worker with the real packages in a process of its own.</summary>
public sealed class WorkerProcessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_worker_runs_in_the_apps_folder_with_its_settings_and_its_output_is_passed_on()
    {
        await using var fixture = await StartAsync(settings: new() { ["Greeting"] = "hello" });
        Assert.Equal("hello", await GetAsync(fixture, "api/setting/Greeting"));
        Assert.Equal("dotnet-isolated", await GetAsync(fixture, "api/setting/FUNCTIONS_WORKER_RUNTIME"));
        Assert.Equal(AppFolder.EchoWorker, await GetAsync(fixture, "api/setting/FUNCTIONS_APPLICATION_DIRECTORY"));
        Assert.Equal(AppFolder.EchoWorker, await GetAsync(fixture, "api/folder"));
        await fixture.WaitForOutputAsync(line => line == "started");
    }

    [Fact]
    public async Task The_host_knows_the_functions_from_the_worker()
    {
        await using var fixture = await StartAsync();
        Assert.Equal(
            ["Exit", "Folder", "Hang", "Process", "SbFn", "Setting", "Throw", "TimerFn", "Trace"],
            fixture.Host.Functions.Select(function => function.Name));
        Assert.Equal("setting/{name}", fixture.Host.Functions.OfType<HttpFunction>().Single(function => function.Name == "Setting").Route);
        Assert.Equal("work", fixture.Host.Functions.OfType<QueueFunction>().Single().Queue);
    }

    [Fact]
    public async Task A_message_and_a_tick_reach_the_process()
    {
        await using var fixture = await StartAsync();
        Assert.True(await fixture.Host.InvokeQueueAsync("SbFn", "hello", new Dictionary<string, string> { ["MessageId"] = "m1" }));
        await fixture.WaitForOutputAsync(line => line == "      SbFn got hello of id m1");
        Assert.True(await fixture.Host.RunTimerAsync("TimerFn"));
        await fixture.WaitForOutputAsync(line => line == "      TimerFn past due: False");
    }

    [Fact]
    public async Task A_message_whose_function_throws_failed()
    {
        await using var fixture = await StartAsync();
        Assert.False(await fixture.Host.InvokeQueueAsync("SbFn", "fail", new Dictionary<string, string>()));
        await fixture.WaitForOutputAsync("Failed as asked for.");
    }

    [Fact]
    public async Task A_function_that_throws_is_an_internal_server_error_and_what_it_logged_is_told()
    {
        await using var fixture = await StartAsync();
        using var answer = await fixture.Client.PostAsync(new Uri("api/throw", UriKind.Relative), null, Cancelled);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        await fixture.WaitForOutputAsync(line => line.StartsWith("warn: ", StringComparison.Ordinal) && line.EndsWith("HttpFunctions[0]", StringComparison.Ordinal));
        await fixture.WaitForOutputAsync(line => line == "      About to throw");
        await fixture.WaitForOutputAsync("Thrown as asked for.");
    }

    [Fact]
    public async Task A_request_continues_the_trace_of_its_caller()
    {
        await using var fixture = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/trace");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        using var answer = await fixture.Client.SendAsync(request, Cancelled);
        Assert.Contains("0af7651916cd43dd8448eb211c80319c", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
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
        Assert.True((await Assert.ThrowsAsync<WorkerLostException>(() => fixture.Host.WaitUntilReadyAsync(Cancelled))).GaveUp);
    }

    [Fact]
    public async Task A_worker_that_cannot_start_is_given_up()
    {
        await using var fixture = await StartAsync(settings: new() { ["ECHO_EXIT_AT_START"] = "7" }, isReady: false);
        Assert.True((await Assert.ThrowsAsync<WorkerLostException>(() => fixture.Host.WaitUntilReadyAsync(Cancelled))).GaveUp);
        Assert.Equal(3, fixture.Output.Count(line => line.Contains("exit code 7", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Exit_code_0_is_for_ever()
    {
        await using var fixture = await StartAsync();
        await ExitAsync(fixture, 0);
        Assert.False((await Assert.ThrowsAsync<WorkerLostException>(() => fixture.Host.WaitUntilReadyAsync(Cancelled))).GaveUp);
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
            fixture.Time.Advance(TimeSpan.FromMinutes(5));
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
        for (var kill = 0; kill < 4; kill++)
        {
            using var process = Process.GetProcessById(int.Parse(await GetAsync(fixture, "api/process"), CultureInfo.InvariantCulture));
            await fixture.Host.KillWorkerAsync();
            await process.WaitForExitAsync(Cancelled);
        }

        for (var kill = 0; kill < 4; kill++)
        {
            await fixture.Host.KillWorkerAsync();
        }

        await fixture.Host.WaitUntilReadyAsync(Cancelled);
    }

    [Fact]
    public async Task A_message_in_hand_of_a_killed_process_is_delivered_to_the_next()
    {
        await using var bus = await AmqpFixture.StartAsync();
        await using var fixture = await HostFixture.StartProcessAsync(options => options with
        {
            QueuesEnabled = true,
            Time = bus.Time,
            Environment = new Dictionary<string, string> { ["ServiceBus"] = bus.Bus.ConnectionString },
        });
        await bus.SendAsync([.. Enumerable.Range(0, 20).Select(number => new ServiceBusMessage($"{number}"))]);
        await fixture.WaitForOutputAsync("SbFn got");

        await fixture.Host.KillWorkerAsync();
        await bus.Bus.WaitUntilIdleAsync(Cancelled);

        Assert.Equal(0, bus.Bus.Count(AmqpFixture.Queue).DeadLettered);
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
        var fixture = await HostFixture.StartProcessAsync(options => options with { Environment = settings ?? [] });
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
