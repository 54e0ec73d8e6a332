using BlokSec.Portal.Api;

namespace BlokSec.Portal.Tests.Api;

public sealed class PagedListTests : IDisposable
{
    private readonly List<(string? From, TaskCompletionSource<ApiResult<Page>> Answer)> asked = [];
    private readonly PagedList<Page, Item> list;

    public PagedListTests() => list = new(ReadAsync, page => (page.Items, page.Continuation, page.Unreadable), item => item.Id, TimeProvider.System);

    public void Dispose() => list.Dispose();

    [Fact]
    public async Task The_last_reading_wins_whichever_is_answered_last()
    {
        var first = list.ReadAsync();
        var second = list.ReadAsync();
        Answer(1, new Page([new("phone", "new")]));
        await second;
        Answer(0, new Page([new("phone", "old")]));
        await first;
        Assert.Equal([new Item("phone", "new")], list.Items);
        Assert.False(list.IsReading);
    }

    [Fact]
    public async Task A_late_further_page_is_not_added_to_a_list_that_was_read_anew()
    {
        await AnsweredAsync(list.ReadAsync(), new Page([new("a", "1")], "next"));
        var more = list.ReadMoreAsync();
        await AnsweredAsync(list.ReadAsync(), new Page([new("b", "1")], "next"));
        Answer(1, new Page([new("c", "1")]));
        await more;
        Assert.Equal([new Item("b", "1")], list.Items);
        Assert.True(list.HasMore);
    }

    [Fact]
    public async Task An_item_that_moved_to_the_next_page_meanwhile_is_shown_once_as_it_is_now()
    {
        await AnsweredAsync(list.ReadAsync(), new Page([new("a", "1"), new("b", "1")], "next", Unreadable: 1));
        await AnsweredAsync(list.ReadMoreAsync(), new Page([new("a", "2"), new("c", "1")], null, Unreadable: 1));
        Assert.Equal([new("b", "1"), new("a", "2"), new Item("c", "1")], list.Items);
        Assert.Equal((2, false, "3 phones found"), (list.Unreadable, list.HasMore, list.Said("phone")));
    }

    [Fact]
    public async Task An_answer_after_it_was_left_or_cleared_is_not_looked_at()
    {
        var cleared = list.ReadAsync();
        list.Clear();
        Answer(0, new Page([new("a", "1")]));
        await cleared;
        var left = list.ReadAsync();
        list.Dispose();
        Answer(1, new Page([new("a", "1")]));
        await left;
        await list.ReadAsync();
        Assert.Null(list.Items);
        Assert.Equal(2, asked.Count);
    }

    private Task<ApiResult<Page>> ReadAsync(string? from, CancellationToken cancellationToken)
    {
        asked.Add((from, new TaskCompletionSource<ApiResult<Page>>()));
        return asked[^1].Answer.Task;
    }

    private void Answer(int number, Page page) => asked[number].Answer.SetResult(page);

    private Task AnsweredAsync(Task reading, Page page)
    {
        Answer(asked.Count - 1, page);
        return reading;
    }

    private sealed record Item(string Id, string Text);

    private sealed record Page(IReadOnlyList<Item> Items, string? Continuation = null, int Unreadable = 0);
}
