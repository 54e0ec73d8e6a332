using System.Net;
using System.Net.Http.Json;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class TimerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_tick_arrives_as_the_real_host_sends_it()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithTimer("TimerFn", "0 0 0 1 1 *", runOnStartup: true));
        var tick = await fixture.Worker.NextInvocationAsync();
        Assert.Equal("id of TimerFn", tick.FunctionId);
        var input = Assert.Single(tick.InputData);
        Assert.Equal(("timer", """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":false}"""), (input.Name, input.Data.Json));
        Assert.Empty(tick.TriggerMetadata);
        Assert.True(System.Diagnostics.ActivityContext.TryParse(tick.TraceContext.TraceParent, null, out _));
    }

    [Fact]
    public async Task A_later_tick_tells_the_last_one_and_carries_the_callers_input()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithTimer("TimerMin", "0 * * * * *"));
        fixture.Time.Advance(TimeSpan.FromSeconds(55));
        await fixture.Worker.NextInvocationAsync();
        string arrived;
        do
        {
            // The tick is noted just after its answer; ask until it is.
            using var response = await TriggerAsync(fixture, "TimerMin", new { input = "test" });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            var tick = await fixture.Worker.NextInvocationAsync();
            Assert.Equal("test", tick.TriggerMetadata["timer"].String);
            arrived = tick.InputData.Single().Data.Json;
        }
        while (arrived.Contains("\"ScheduleStatus\":null", StringComparison.Ordinal));

        Assert.Equal(
            """{"Schedule":{"AdjustForDST":true},"ScheduleStatus":{"Last":"2030-01-02T03:05:00+00:00","Next":"2030-01-02T03:06:00+00:00","LastUpdated":"2030-01-02T03:05:00+00:00"},"IsPastDue":false}""",
            arrived);
    }

    [Fact]
    public async Task A_timer_ticks_at_each_of_its_times()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithTimer("TimerMin", "*/30 * * * * *"));
        for (var tick = 0; tick < 3; tick++)
        {
            // The loop starts its next timer only after it got the answer.
            while (!fixture.Worker.Invocations.Skip(tick).Any())
            {
                fixture.Time.Advance(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }
        }

        Assert.Matches("\"Next\":\"[^\"]+0\\+00:00\"", fixture.Worker.Invocations.Last().InputData.Single().Data.Json);
    }

    [Fact]
    public async Task A_timer_that_is_switched_off_runs_by_hand_only()
    {
        await using var fixture = await HostFixture.StartAsync(
            new FunctionSet().WithTimer("TimerFn", "* * * * * *", runOnStartup: true), options => options with { TimersEnabled = false });
        fixture.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await fixture.Host.RunTimerAsync("TimerFn"));
        Assert.Single(fixture.Worker.Invocations);
    }

    [Fact]
    public async Task A_timer_that_fails_tells_who_runs_it_by_hand()
    {
        await using var fixture = await HostFixture.StartAsync(
            new FunctionSet().WithTimer("TimerFn", "0 0 0 1 1 *"), prepare: worker => worker.Succeeds = _ => Task.FromResult(false));
        Assert.False(await fixture.Host.RunTimerAsync("TimerFn"));
        await fixture.WaitForOutputAsync("TimerFn failed: As the test wants it.");
    }

    [Fact]
    public async Task Only_timer_functions_run_by_hand()
    {
        await using var fixture = await HostFixture.StartAsync(new FunctionSet().WithHttp("Things", "things", "get"));
        using var http = await TriggerAsync(fixture, "Things", new { });
        using var unknown = await TriggerAsync(fixture, "Nothing", new { });
        Assert.Equal((HttpStatusCode.NotImplemented, HttpStatusCode.NotFound), (http.StatusCode, unknown.StatusCode));
    }

    private static Task<HttpResponseMessage> TriggerAsync(HostFixture fixture, string function, object body) =>
        fixture.Client.PostAsJsonAsync(new Uri($"admin/functions/{function}", UriKind.Relative), body, Cancelled);
}
