using BlokSec.Portal.Browser;
using BlokSec.Portal.Words;

namespace BlokSec.Portal.Api;

/// <summary>
/// A list that is shown page after page. The last reading wins: it gives up the one before, whose answer is not looked at any more. An item
/// that moved from one page to the next while they were read is shown once, as it was read last.
/// </summary>
/// <param name="read">Reads the page of a continuation with the filter of the moment; null is the first.</param>
/// <param name="parts">What a page holds.</param>
/// <param name="keyOf">What tells items apart.</param>
/// <param name="time">The clock.</param>
internal sealed class PagedList<TPage, TItem>(
    Func<string?, CancellationToken, Task<ApiResult<TPage>>> read,
    Func<TPage, (IReadOnlyList<TItem> Items, string? Continuation, int Unreadable)> parts,
    Func<TItem, object> keyOf,
    TimeProvider time) : IDisposable
    where TPage : class
{
    private readonly Leaving leaving = new();
    private CancellationTokenSource reading = new();
    private string? continuation;

    /// <summary>What was read; null before the first answer, and after a first page that could not be read.</summary>
    public IReadOnlyList<TItem>? Items { get; private set; }

    /// <summary>How many more items there are that the API cannot read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Why the last reading failed; null when it did not.</summary>
    public ApiProblem? Problem { get; set; }

    /// <summary>When what is shown was read; null before.</summary>
    public DateTimeOffset? ReadAt { get; private set; }

    /// <summary>Whether an answer is awaited.</summary>
    public bool IsReading { get; private set; }

    /// <summary>Whether there is something to show.</summary>
    public bool HasItems => Items is { Count: > 0 };

    /// <summary>Whether there are further pages.</summary>
    public bool HasMore => continuation is not null;

    /// <summary>Whether all was read, and there is nothing.</summary>
    public bool IsEmpty => Items is { Count: 0 } && !HasMore && Unreadable == 0;

    /// <summary>What a screen reader says of it: "3 devices found"; nothing while an answer is awaited.</summary>
    public string Said(string one, string? many = null) => Items is null || IsReading || Problem is not null ? ""
        : $"{Plural.Of(Items.Count, one, many)} {(HasMore ? "shown, there are more" : "found")}";

    /// <summary>Reads it from the first page, as many items as <paramref name="wanted"/>.</summary>
    public Task ReadAsync(int wanted = 1) => ReadAsync(null, wanted);

    /// <summary>Reads the next page, if there is one.</summary>
    public Task ReadMoreAsync() => HasMore ? ReadAsync(continuation, wanted: 1) : Task.CompletedTask;

    /// <summary>Forgets what was read: it belongs to something else.</summary>
    public void Clear()
    {
        reading.Cancel();
        (Items, continuation, Unreadable, Problem, IsReading, ReadAt) = (null, null, 0, null, false, null);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        leaving.Dispose();
        reading.Dispose();
    }

    private async Task ReadAsync(string? from, int wanted)
    {
        if (leaving.Token.IsCancellationRequested)
        {
            return;
        }

        await reading.CancelAsync();
        reading.Dispose();
        reading = CancellationTokenSource.CreateLinkedTokenSource(leaving.Token);
        var cancellationToken = reading.Token;
        (IsReading, Problem) = (true, null);
        ApiResult<PagesRead<TItem>> result;
        try
        {
            result = await PageReading.ReadAsync(next => read(next, cancellationToken), parts, from, wanted);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (!cancellationToken.IsCancellationRequested)
        {
            (IsReading, Problem) = (false, result.Problem);
            Take(result.Value, isFirst: from is null);
        }
    }

    private void Take(PagesRead<TItem>? found, bool isFirst)
    {
        if (found is not null)
        {
            Items = [.. (found.IsFromStart ? [] : Items ?? []).Concat(found.Items).Reverse().DistinctBy(keyOf).Reverse()];
            Unreadable = found.Unreadable + (found.IsFromStart ? 0 : Unreadable);
            (continuation, ReadAt) = (found.Continuation, time.GetUtcNow());
        }
        else if (isFirst)
        {
            (Items, continuation, Unreadable) = (null, null, 0);
        }
    }
}
