using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Removals;

/// <summary>Shows exactly what will be touched, then asks for the phrase, and only then does it.</summary>
public sealed partial class RemovalDialog : IDisposable
{
    private readonly Leaving closing = new();
    private RemovalDraft draft = null!;
    private Modal? modal;
    private bool isTold;
    private string? focusNext;

    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    /// <summary>The device to remove; null to unregister all.</summary>
    [Parameter]
    public DeviceDetails? Device { get; set; }

    /// <summary>What was typed before the session ended; null when the dialog is opened for the first time.</summary>
    [Parameter]
    public KeptRemoval? Kept { get; set; }

    [Parameter]
    public EventCallback OnClosed { get; set; }

    /// <summary>It was accepted: from now on the devices are blocked.</summary>
    [Parameter]
    public EventCallback<OperationDetails> OnAccepted { get; set; }

    /// <summary>The plan recommends to unregister instead, and the administrator agrees.</summary>
    [Parameter]
    public EventCallback OnUnregisterInstead { get; set; }

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal Moments Moments { get; set; } = null!;

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    private bool CanSend => draft is { IsSending: false, Difference: null, LostSinceFault: null } && (draft.Problem is not { } problem || RemovalWords.CanTryAgain(problem));

    private string Action => RemovalWords.Action(draft, Device);

    private EventCallback Retry => draft.Plan is null ? EventCallback.Factory.Create(this, LoadAsync) : default;

    private string Hint => draft.Difference is { } difference
        ? draft.Typed.Length > 0 || isTold ? difference : "Exactly as written, in lower case."
        : "That is the phrase.";

    private string HintTone => draft.Difference is null ? "right" : isTold ? "wrong" : "";

    public void Dispose()
    {
        draft.Changed -= OnChanged;
        closing.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        draft = new RemovalDraft(Api, Time, User, Device?.DeviceId);
        draft.Changed += OnChanged;
        if (Kept is { } kept)
        {
            draft.Resume(kept);
        }

        await LoadAsync();
    }

    /// <summary>The answer takes room: only when it is rendered, what has the focus is brought into view.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (focusNext is { } selector)
        {
            focusNext = null;
            await Page.FocusAsync(selector);
        }
    }

    private Task SubmitAsync()
    {
        if (draft.Difference is null)
        {
            focusNext = draft.LostSinceFault is null ? null : "#lost-since";
            return SendAsync();
        }

        (isTold, focusNext) = (true, "#phrase");
        return Task.CompletedTask;
    }

    private async Task SendAsync()
    {
        if (!CanSend)
        {
            return;
        }

        isTold = false;
        // Leaving the page does not take back what was confirmed.
        await ConcludeAsync(await draft.SendAsync(CancellationToken.None));
    }

    private async Task LookAsync() => await ConcludeAsync(await draft.LookAsync(closing.Token));

    private async Task ConcludeAsync(OperationDetails? operation)
    {
        if (operation is not null)
        {
            await DismissAsync();
            await OnAccepted.InvokeAsync(operation);
        }
        else
        {
            focusNext = draft.Changes.Count > 0 ? "#stale-plan" : "#removal-answer";
            StateHasChanged();
        }

        await KeepAsync();
    }

    private async Task LoadAsync()
    {
        await draft.LoadAsync(closing.Token);
        await KeepAsync();
    }

    /// <summary>Signing in again leaves the page: what was typed is there again afterwards.</summary>
    private Task KeepAsync() =>
        draft.Problem is { Kind: ProblemKind.SessionExpired } ? draft.Keep(Administrator.Id).KeepAsync(Page) : Task.CompletedTask;

    private async Task UnregisterInsteadAsync()
    {
        // Closed first, so that the browser remembers where the focus came from.
        await DismissAsync();
        await OnUnregisterInstead.InvokeAsync();
    }

    private Task DismissAsync() => modal?.CloseAsync() ?? Task.CompletedTask;

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);
}
