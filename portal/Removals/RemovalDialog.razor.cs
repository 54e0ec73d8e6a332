using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Parts;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Removals;

/// <summary>Shows exactly what will be touched, then asks for the phrase, and only then does it.</summary>
public sealed partial class RemovalDialog : IDisposable
{
    private readonly CancellationTokenSource closing = new();
    private RemovalDraft draft = null!;
    private Modal? modal;
    private bool isTold;

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

    private string Title => Device is { } device ? $"Remove {device.Name}" : $"Unregister all devices of {User.GivenName} {User.FamilyName}";

    private bool CanSend => !draft.IsSending && draft.Difference is null;

    private string Action => draft.IsSending ? "Sending…" : Device is null ? "Unregister all devices" : "Remove device";

    private string Hint => draft.Difference is { } difference
        ? draft.Typed.Length > 0 || isTold ? difference : "Exactly as written, in lower case."
        : "That is the phrase.";

    private string HintTone => draft.Difference is null ? "right" : isTold ? "wrong" : "";

    public void Dispose()
    {
        draft.Changed -= OnChanged;
        closing.Cancel();
        closing.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        draft = new RemovalDraft(Api, Time, User.UserId, Device?.DeviceId);
        draft.Changed += OnChanged;
        await LoadAsync();
        if (Kept is { } kept)
        {
            draft.Resume(kept);
        }
    }

    private string? AdviceFor(ApiProblem problem) => problem.Kind switch
    {
        ProblemKind.NotFound when draft.Plan is null => "Somebody removed this device meanwhile. Close the dialog: the page shows what became of it.",
        ProblemKind.Unreachable or ProblemKind.Unavailable when draft.Plan is not null =>
            "Whether it was carried out is not known yet. Try again: asking twice does nothing twice.",
        ProblemKind.SessionExpired => "Sign in again: you come back to this dialog, with what you typed.",
        _ => null,
    };

    private async Task SendAsync()
    {
        if (draft.Difference is not null)
        {
            isTold = true;
            await Page.FocusAsync("#phrase");
            return;
        }

        isTold = false;
        if (await draft.SendAsync(closing.Token) is { } operation)
        {
            await DismissAsync();
            await OnAccepted.InvokeAsync(operation);
        }
        else if (draft.Changes.Count > 0)
        {
            await Page.FocusAsync("#stale-plan");
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
        draft.Problem is { Kind: ProblemKind.SessionExpired } ? draft.Keep().KeepAsync(Page) : Task.CompletedTask;

    private async Task UnregisterInsteadAsync()
    {
        // Closed first, so that the browser remembers where the focus came from.
        await DismissAsync();
        await OnUnregisterInstead.InvokeAsync();
    }

    private Task RetryAsync() => draft.Plan is null ? LoadAsync() : SendAsync();

    private Task DismissAsync() => modal?.CloseAsync() ?? Task.CompletedTask;

    private void OnChanged() => InvokeAsync(StateHasChanged);
}
