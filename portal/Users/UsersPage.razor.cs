using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Bulk;
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
    private UserFilter filter = new();
    private ApiProblem? exportProblem;
    private bool isInviting;
    private InviteUserRequest? kept;
    private PlanBulkOperationRequest? keptPlan;
    private readonly HashSet<string> selected = [];

    public UsersPage() => self = DotNetObjectReference.Create(this);

    /// <summary>The search in the address.</summary>
    [SupplyParameterFromQuery(Name = "search")]
    public string? Search { get; set; }

    [SupplyParameterFromQuery]
    public string? State { get; set; }

    [SupplyParameterFromQuery]
    public string? Department { get; set; }

    [SupplyParameterFromQuery]
    public string? Application { get; set; }

    [SupplyParameterFromQuery]
    public string? Push { get; set; }

    [SupplyParameterFromQuery]
    public int? UnusedDays { get; set; }

    [SupplyParameterFromQuery]
    public string? Claim { get; set; }

    [SupplyParameterFromQuery]
    public bool UnconfirmedRemoval { get; set; }

    [SupplyParameterFromQuery]
    public string? Sort { get; set; }

    [SupplyParameterFromQuery]
    public string? Direction { get; set; }

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
        typing?.Cancel();
        typing?.Dispose();
        self.Dispose();
    }

    protected override void OnInitialized() => Listing.Changed += OnChanged;

    protected override Task OnParametersSetAsync()
    {
        filter = new UserFilter
        {
            Search = Search ?? "",
            State = State,
            Department = Department,
            Application = Application,
            Push = Push,
            UnusedDays = UnusedDays,
            Claim = Claim,
            UnconfirmedRemoval = UnconfirmedRemoval,
            Sort = Sort,
            IsDescending = Direction == "desc",
        }.Normal();
        if (text.Trim() != filter.Search)
        {
            text = filter.Search;
        }

        return Listing.Covers(filter) ? Task.CompletedTask : Listing.FindAsync(filter);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && (Administrator.ManagesUsers || Administrator.Manages) && await KeptDraft.TakeAsync(Page, Administrator.Id, about: "") is { } draft)
        {
            kept = draft.In(InviteDialog.Dialog, PortalJson.Default.InviteUserRequest);
            isInviting = kept is not null;
            keptPlan = draft.In(BulkBar.Dialog, PortalJson.Default.PlanBulkOperationRequest);
            selected.UnionWith(keptPlan?.Selection.UserIds ?? []);
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
        if (text.Trim() != Listing.Filter.Search)
        {
            await FindAsync();
        }

        await Page.MoveFocusAsync(UserLinks, 1);
    }

    private Task KeyAsync(KeyboardEventArgs key) => key.Key == "ArrowDown" ? EnterListAsync() : Task.CompletedTask;

    private async Task FindAsync()
    {
        var next = filter with { Search = text.Trim() };
        var found = next == Listing.Filter ? Task.CompletedTask : Listing.FindAsync(next);
        Navigation.NavigateTo(next.Address, replace: true);
        await found;
    }

    private void Clear() => Choose(new UserFilter());

    /// <summary>Unlike what is typed, what is chosen is a step in the browser's history.</summary>
    private void Choose(UserFilter next)
    {
        exportProblem = null;
        Navigation.NavigateTo(next.Normal().Address);
    }

    private Task LookAgainAsync() => Listing.FindAsync(Listing.Filter);

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);
}
