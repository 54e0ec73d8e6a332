using BlokSec.Local.Demo;
using Microsoft.Extensions.Time.Testing;

namespace BlokSec.Local.Tests.Demo;

public sealed class StoryTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => output.Dispose();

    [Fact]
    public async Task A_story_whose_facts_hold_ends_with_0()
    {
        var code = await TellAsync(
            new StoryStep("First", context => DoAsync(() => context.Check(true, "the sun shines"))),
            new StoryStep("Second", context => DoAsync(() => context.CheckEqual(2, 1 + 1, "sums are right"))));

        Assert.Equal(0, code);
        var told = output.ToString();
        Assert.Contains("1/2  First", told, StringComparison.Ordinal);
        Assert.Contains("✓ the sun shines", told, StringComparison.Ordinal);
        Assert.Contains("2/2  Second", told, StringComparison.Ordinal);
        Assert.Contains("All 2 steps held: 2 checks", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_story_stops_at_the_first_fact_that_does_not_hold_and_says_why()
    {
        var code = await TellAsync(
            new StoryStep("First", context => DoAsync(() => context.CheckEqual("removed", "alive", "the phone is removed"))),
            new StoryStep("Second", _ => throw new InvalidOperationException("never told")));

        Assert.Equal(1, code);
        var told = output.ToString();
        Assert.Contains("✗ Not so: the phone is removed (expected removed, found alive)", told, StringComparison.Ordinal);
        Assert.Contains("The story broke at step 1 of 2: First", told, StringComparison.Ordinal);
        Assert.DoesNotContain("Second", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_exception_breaks_the_story_too()
    {
        Assert.Equal(1, await TellAsync(new StoryStep("First", _ => throw new HttpRequestException("Connection refused"))));
        Assert.Contains("✗ HttpRequestException: Connection refused", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_story_ends_as_shells_expect()
    {
        using var interrupt = new CancellationTokenSource();
        var step = new StoryStep("First", async context =>
        {
            await interrupt.CancelAsync();
            context.Cancellation.ThrowIfCancellationRequested();
        });

        Assert.Equal(130, await new Story("Story", [step]).TellAsync(Plain(), time, interrupt.Token));
    }

    [Fact]
    public async Task What_takes_a_while_is_asked_for_until_it_is_there()
    {
        var asked = 0;

        var code = await TellAsync(new StoryStep("Wait", context => context.EventuallyAsync(
            "the phone was reset", TimeSpan.FromHours(1), _ => Task.FromResult(++asked < 4 ? null : "yes"))));

        Assert.Equal(0, code);
        Assert.Equal(4, asked);
        Assert.Contains("✓ the phone was reset (after ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_come_in_time_breaks_the_story()
    {
        var code = await TellAsync(new StoryStep("Wait", context => context.EventuallyAsync(
            "the phone was reset", TimeSpan.FromSeconds(1), _ => Task.FromResult<string?>(null))));

        Assert.Equal(1, code);
        Assert.Contains("✗ Not so within 1 s: the phone was reset", output.ToString(), StringComparison.Ordinal);
    }

    private static Task DoAsync(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private Terminal Plain() => Terminal.Create(output, isTerminal: false, _ => null);

    /// <summary>Tells a story in which waiting costs no time.</summary>
    private async Task<int> TellAsync(params StoryStep[] steps)
    {
        var telling = new Story("Story", steps).TellAsync(Plain(), time, Stop);
        while (!telling.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        return await telling;
    }
}
