using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace BlokSec.Portal.Users;

/// <summary>Finds users while one types; the search stands in the address, so that it survives a reload and the way back.</summary>
public sealed partial class UsersPage : IDisposable
{
    private const string UserLinks = ".user-table a.row-link";

    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(250);

    private readonly DotNetObjectReference<UsersPage> self;
    private CancellationTokenSource? typing;
    private ElementReference? end;
    private string? observed;
    private string text = "";
    private bool isInviting;
    private InviteUserRequest? kept;

    public UsersPage() => self = DotNetObjectReference.Create(this);

    /// <summary>The search in the address.</summary>
    [SupplyParameterFromQuery(Name = "search")]
    public string? Search { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal UserListing Listing { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal NavigationManager Navigation { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    private string Said => Listing switch
    {
        { IsThere: false } => "",
        { Users.Count: 0, HasMore: true } => "No user found so far",
        { Users.Count: 0 } => "No user found",
        { HasMore: true } => $"{Plural.Of(Listing.Users.Count, "user")} shown, there are more",
        _ => $"{Plural.Of(Listing.Users.Count, "user")} found",
    };

    private string? Advice => Listing.Problem is not { } problem || !PollRhythm.TriesAgain(problem) ? null
        : Listing.IsThere || Listing.Users.Count == 0 ? "It is tried again by itself."
        : "What you see was found before. Your search is tried again by itself.";

    /// <summary>Called by the browser when the end of the list comes into view.</summary>
    [JSInvokable("OnSeen")]
    public Task OnSeenAsync() => InvokeAsync(Listing.LoadMoreAsync);

    public void Dispose()
    {
        Listing.Changed -= OnChanged;
        Listing.Leave();
        typing?.Dispose();
        self.Dispose();
    }

    protected override void OnInitialized() => Listing.Changed += OnChanged;

    protected override Task OnParametersSetAsync()
    {
        var search = Search ?? "";
        if (text.Trim() != search)
        {
            text = search;
        }

        return Listing.Covers(search) ? Task.CompletedTask : Listing.FindAsync(search);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && Administrator.ManagesUsers && await KeptDraft.TakeAsync(Page, Administrator.Id, about: "") is { } draft)
        {
            kept = draft.In(InviteDialog.Dialog, PortalJson.Default.InviteUserRequest);
            isInviting = kept is not null;
            StateHasChanged();
        }

        if (Listing.Return is { } left && Listing.Users.Any(user => user.UserId == left))
        {
            Listing.Return = null;
            await Page.ReturnAsync($"{UserLinks}[href=\"users/{Uri.EscapeDataString(left)}\"]");
        }

        // The same element may still be in view after a page came: observing it again tells.
        if (end is { } element && Listing is { HasMore: true, IsLoadingMore: false, IsSearching: false, Problem: null }
            && observed != $"{element.Id}/{Listing.Users.Count}")
        {
            observed = $"{element.Id}/{Listing.Users.Count}";
            await Page.ObserveAsync(element, self);
        }
    }

    private async Task TypedAsync(ChangeEventArgs change)
    {
        text = change.Value?.ToString() ?? "";
        typing?.Cancel();
        typing?.Dispose();
        typing = new CancellationTokenSource();
        var pause = typing.Token;
        try
        {
            await Task.Delay(TypingPause, Time, pause);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await FindAsync();
    }

    /// <summary>Enter and arrow down go to the first user found, never further: nobody opens the wrong user by typing fast.</summary>
    private async Task EnterListAsync()
    {
        typing?.Cancel();
        if (text.Trim() != Listing.Search)
        {
            await FindAsync();
        }

        await Page.MoveFocusAsync(UserLinks, 1);
    }

    private Task KeyAsync(KeyboardEventArgs key) => key.Key == "ArrowDown" ? EnterListAsync() : Task.CompletedTask;

    private async Task FindAsync()
    {
        var search = text.Trim();
        var found = search == Listing.Search ? Task.CompletedTask : Listing.FindAsync(search);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("search", search.Length == 0 ? null : search), replace: true);
        await found;
    }

    private Task ClearAsync()
    {
        text = "";
        return FindAsync();
    }

    private Task LookAgainAsync() => Listing.FindAsync(Listing.Search ?? "");

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);
}
