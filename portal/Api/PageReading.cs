namespace BlokSec.Portal.Api;

/// <summary>
/// Reads a list that comes in pages. A page may be empty although more follow: it is read on, within a bound. A continuation that the API
/// cannot read any more (it was made by an older version, or is damaged) begins the list again.
/// </summary>
internal static class PageReading
{
    /// <summary>How many empty pages are read one after another; then somebody has to ask for more.</summary>
    public const int MaxEmptyPages = 5;

    /// <param name="read">Reads the page of a continuation; null is the first.</param>
    /// <param name="parts">What a page holds.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="wanted">How many items are enough.</param>
    public static async Task<ApiResult<PagesRead<TItem>>> ReadAsync<TPage, TItem>(
        Func<string?, Task<ApiResult<TPage>>> read, Func<TPage, (IReadOnlyList<TItem> Items, string? Continuation, int Unreadable)> parts, string? from, int wanted = 1)
        where TPage : class
    {
        var (items, unreadable, next, isFromStart) = (new List<TItem>(), 0, from, from is null);
        for (var empty = 0; empty < MaxEmptyPages;)
        {
            var result = await read(next);
            if (result.Problem is { Kind: ProblemKind.Invalid } && next is not null && !isFromStart)
            {
                (next, unreadable, isFromStart) = (null, 0, true);
                items.Clear();
                continue;
            }

            if (result.Problem is { } problem)
            {
                return problem;
            }

            var (found, continuation, lost) = parts(result.Value!);
            items.AddRange(found);
            unreadable += lost;
            (next, empty) = (continuation, found.Count == 0 ? empty + 1 : 0);
            if (next is null || items.Count >= wanted)
            {
                break;
            }
        }

        return new PagesRead<TItem>(items, next, isFromStart, unreadable);
    }
}

/// <summary>What was read in one go.</summary>
/// <param name="Items">The items, which may be none although more follow.</param>
/// <param name="Continuation">Where to continue; null at the end.</param>
/// <param name="IsFromStart">Whether these are the list's first items: they take the place of what was there.</param>
/// <param name="Unreadable">How many more items there are that the API cannot read.</param>
internal sealed record PagesRead<TItem>(IReadOnlyList<TItem> Items, string? Continuation, bool IsFromStart, int Unreadable);
