namespace BlokSec.Local.Demo;

/// <summary>What a step tells with and verifies with.</summary>
internal sealed class StoryContext(Terminal terminal, TimeProvider time, CancellationToken cancellationToken)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Where the story is told.</summary>
    public Terminal Terminal => terminal;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>Ends the story.</summary>
    public CancellationToken Cancellation => cancellationToken;

    /// <summary>How many checks held.</summary>
    public int Checks { get; private set; }

    /// <summary>Ticks a fact off, or breaks the story.</summary>
    public void Check(bool holds, string fact)
    {
        if (!holds)
        {
            throw new StoryBrokenException($"Not so: {fact}");
        }

        Hold(fact);
    }

    /// <summary>Ticks a fact off when the value is the expected one; else says what it is.</summary>
    public void CheckEqual<T>(T expected, T actual, string fact)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new StoryBrokenException($"Not so: {fact} (expected {expected}, found {actual})");
        }

        Hold(fact);
    }

    /// <summary>Asks again and again until there is an answer that is not null.</summary>
    /// <param name="fact">What is waited for.</param>
    /// <param name="within">How long it may take.</param>
    /// <param name="ask">Asks once; null means not yet.</param>
    public async Task<T> EventuallyAsync<T>(string fact, TimeSpan within, Func<CancellationToken, Task<T?>> ask)
        where T : class
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (await ask(cancellationToken) is { } answer)
            {
                Hold(FormattableString.Invariant($"{fact} (after {time.GetElapsedTime(start).TotalSeconds:0.00} s)"));
                return answer;
            }

            if (time.GetElapsedTime(start) >= within)
            {
                throw new StoryBrokenException(FormattableString.Invariant($"Not so within {within.TotalSeconds:0.#} s: {fact}"));
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private void Hold(string fact)
    {
        Checks++;
        terminal.Tick(fact);
    }
}

/// <summary>A fact of a story does not hold.</summary>
internal sealed class StoryBrokenException(string message) : Exception(message);
