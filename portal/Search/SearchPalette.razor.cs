using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Layout;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BlokSec.Portal.Search;

/// <summary>
/// The search of everything, over any page: a combobox with a list of results by kind. The focus stays in the text; the arrow keys move the
/// choice. Pages are found at once, all else after a pause in typing.
/// </summary>
public sealed partial class SearchPalette : IDisposable
{
    private const int MaxText = 100;

    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(300);

    private ElementReference dialog;
    private CancellationTokenSource? searching;
    private IReadOnlyList<FoundGroup> groups = [];
    private string text = "";
    private int selected = -1;
    private bool isOpen;
    private bool isShown;
    private bool isWhole = true;
    private bool isScrolled = true;

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    private List<FoundItem> Items => [.. groups.SelectMany(group => group.Items)];

    private FoundItem? Selected => Items.ElementAtOrDefault(selected);

    private bool IsSearching => searching is not null;

    private string Said => IsSearching ? "Searching…"
        : $"{(Items.Count == 0 ? "Nothing was found." : $"{Plural.Of(Items.Count, "result")}.")}{(isWhole ? "" : " Not everything could be searched. Type again to retry.")}";

    public void Dispose() => Stop();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (isOpen && !isShown)
        {
            isShown = true;
            await Page.ShowDialogAsync(dialog);
        }
        else if (!isScrolled)
        {
            isScrolled = true;
            await Page.RevealAsync($"#{OptionId(selected)}");
        }
    }

    private static string OptionId(int place) => $"search-option-{place}";

    private void Open()
    {
        (isOpen, text, isWhole) = (true, "", true);
        ShowPages();
    }

    private async Task TypedAsync(ChangeEventArgs change)
    {
        text = change.Value?.ToString() ?? "";
        Stop();
        isWhole = true;
        ShowPages();
        if (text.Trim() is not { Length: > 0 } wanted || !Administrator.Reads)
        {
            return;
        }

        searching = new CancellationTokenSource();
        var cancellationToken = searching.Token;
        try
        {
            await Task.Delay(TypingPause, Time, cancellationToken);
            var found = await EverythingSearch.FindAsync(Api, Administrator.SeesTenant, wanted, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            var chosen = Selected;
            (groups, isWhole) = ([.. found.Groups, .. groups], found.IsWhole);
            selected = chosen is null ? -1 : Items.IndexOf(chosen);
            Stop();
        }
        catch (OperationCanceledException)
        {
            // More was typed, or the search was closed.
        }
    }

    /// <summary>The first Enter chooses, so that nobody opens the wrong user by typing fast.</summary>
    private Task EnterAsync()
    {
        if (Selected is { } item)
        {
            return GoAsync(item);
        }

        Move(1);
        return Task.CompletedTask;
    }

    private void PressKey(KeyboardEventArgs key)
    {
        if (key.Key is "ArrowDown" or "ArrowUp")
        {
            Move(key.Key == "ArrowDown" ? 1 : -1);
        }
    }

    /// <summary>Goes around: after the last comes the first.</summary>
    private void Move(int step)
    {
        if (Items.Count is > 0 and var count)
        {
            selected = selected < 0 && step < 0 ? count - 1 : (selected + step + count) % count;
            isScrolled = false;
        }
    }

    private async Task GoAsync(FoundItem item)
    {
        await Page.LeaveDialogAsync(dialog);
        Closed();
        Navigation.NavigateTo(item.Address);
    }

    /// <summary>The browser gives the focus back to where it was.</summary>
    private Task CloseAsync() => Page.CloseDialogAsync(dialog);

    private void Closed()
    {
        Stop();
        (isOpen, isShown) = (false, false);
    }

    private void ShowPages()
    {
        FoundItem[] pages = [.. ConsolePage.Of(Administrator).Where(page => page.Has(text)).Select(page => new FoundItem(page.Address, page.Title))];
        (groups, selected) = (pages.Length == 0 ? [] : [new FoundGroup("Pages", pages)], -1);
    }

    private void Stop()
    {
        searching?.Cancel();
        searching?.Dispose();
        searching = null;
    }
}
