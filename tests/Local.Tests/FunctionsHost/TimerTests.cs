using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace BlokSec.Local.Tests.FunctionsHost;

public sealed class TimerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_tick_arrives_as_the_real_host_sends_it()
    {
        await using var fixture = await HostFixture.StartAsync(new AppFolder().WithTimer("TimerFn", "0 0 0 1 1 *", runOnStartup: true));
        Assert.Equal(HostFixture.Envelope("timer-first"), HostFixture.Normalize(await fixture.Handler.NextAsync()));
    }

    [Fact]
    public async Task A_later_tick_tells_the_last_one_and_carries_the_callers_input()
    {
        await using var fixture = await HostFixture.StartAsync(new AppFolder().WithTimer("TimerMin", "0 * * * * *"));
        fixture.Bus.Time.Advance(TimeSpan.FromSeconds(55));
        await fixture.Handler.NextAsync();
        string? arrived;
        do
        {
            // The tick is noted just after its answer; ask until it is.
            using var response = await TriggerAsync(fixture, "TimerMin", new { input = "test" });
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            arrived = HostFixture.Normalize(await fixture.Handler.NextAsync());
        }
        while (arrived.Contains("\"ScheduleStatus\":null", StringComparison.Ordinal));

        Assert.Equal(HostFixture.Envelope("timer"), arrived);
    }

    [Fact]
    public async Task A_timer_ticks_at_each_of_its_times()
    {
        await using var fixture = await HostFixture.StartAsync(new AppFolder().WithTimer("TimerMin", "*/30 * * * * *"));
        for (var tick = 0; tick < 3; tick++)
        {
            // The loop starts its next timer only after it got the answer.
            while (!fixture.Handler.All.Skip(tick).Any())
            {
                fixture.Bus.Time.Advance(TimeSpan.FromSeconds(5));
                await Task.Yield();
            }
        }

        var body = JsonNode.Parse(fixture.Handler.All.Last().Body)!;
        Assert.EndsWith("0+00:00", (string?)body["Data"]!["tick"]!["ScheduleStatus"]!["Next"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timer_that_is_switched_off_runs_by_hand_only()
    {
        await using var fixture = await HostFixture.StartAsync(
            new AppFolder().WithTimer("TimerFn", "* * * * * *", runOnStartup: true), options => options with { TimersEnabled = false });
        fixture.Bus.Time.Advance(TimeSpan.FromHours(1));
        Assert.True(await fixture.Host.RunTimerAsync("TimerFn"));
        Assert.Single(fixture.Handler.All);
    }

    [Fact]
    public async Task Only_timer_functions_run_by_hand()
    {
        await using var fixture = await HostFixture.StartAsync(new AppFolder().WithHttp("Things", "things", "get"));
        using var http = await TriggerAsync(fixture, "Things", new { });
        using var unknown = await TriggerAsync(fixture, "Nothing", new { });
        Assert.Equal((HttpStatusCode.NotImplemented, HttpStatusCode.NotFound), (http.StatusCode, unknown.StatusCode));
    }

    private static Task<HttpResponseMessage> TriggerAsync(HostFixture fixture, string function, object body) =>
        fixture.Client.PostAsJsonAsync(new Uri($"admin/functions/{function}", UriKind.Relative), body, Cancelled);
}
