namespace BlokSec.Local.Demo;

/// <summary>A step of a story: what it shows, and the verification that it is so.</summary>
/// <param name="Name">The heading.</param>
/// <param name="TellAsync">Does it and checks it; any exception means that the step does not hold.</param>
internal sealed record StoryStep(string Name, Func<StoryContext, Task> TellAsync);

/// <summary>A demo that proves what it says: it stops at the first step that does not hold.</summary>
internal sealed class Story(string title, IReadOnlyList<StoryStep> steps)
{
    /// <summary>Exit code of a story that held.</summary>
    public const int Held = 0;

    /// <summary>Exit code of a story that broke.</summary>
    public const int Broken = 1;

    /// <summary>Exit code of a story that was interrupted, as shells have it for Ctrl+C.</summary>
    public const int Interrupted = 130;

    /// <summary>Tells the story and answers the exit code.</summary>
    public async Task<int> TellAsync(Terminal terminal, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var context = new StoryContext(terminal, time, cancellationToken);
        terminal.Title(title);
        foreach (var (index, step) in steps.Index())
        {
            terminal.Heading(index + 1, steps.Count, step.Name);
            try
            {
                await step.TellAsync(context);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                terminal.Cross("Interrupted.");
                return Interrupted;
            }
            catch (StoryBrokenException e)
            {
                terminal.Cross(e.Message);
                return Break(terminal, index, step);
            }
            catch (Exception e)
            {
                // Whatever goes wrong in a demo has to be told, not thrown at the audience
                terminal.Cross($"{e.GetType().Name}: {e.Message}");
                return Break(terminal, index, step);
            }
        }

        terminal.Title(FormattableString.Invariant(
            $"All {steps.Count} steps held: {context.Checks} checks in {time.GetElapsedTime(start).TotalSeconds:0.0} s."));
        return Held;
    }

    private int Break(Terminal terminal, int index, StoryStep step)
    {
        terminal.Title($"The story broke at step {index + 1} of {steps.Count}: {step.Name}");
        return Broken;
    }
}
