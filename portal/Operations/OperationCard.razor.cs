using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Operations;

/// <summary>One operation: its steps, what became of each device, and what to do when it failed.</summary>
public sealed partial class OperationCard : IDisposable
{
    private IReadOnlyList<RevocationDetails> revocations = [];
    private (string Text, string Tone, string Icon) status;
    private ApiProblem? problem;
    private bool isStarting;
    private string? delay;

    [Parameter, EditorRequired]
    public OperationDetails Operation { get; set; } = null!;

    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>All devices are to be unregistered too.</summary>
    [Parameter]
    public EventCallback OnUnregister { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal Moments Moments { get; set; } = null!;

    [Inject]
    internal Ticker Ticker { get; set; } = null!;

    private string TitleId => $"operation-{Operation.OperationId}";

    private bool CanRestart => OperationRestart.IsFor(Administrator, Operation);

    /// <summary>The leaver's accounts are gone, and the phones stay registered: whoever wants more is led on.</summary>
    private bool CanUnregisterToo =>
        Operation is { AccountScope: AccountScopeKind.All, Status: OperationStatus.Succeeded }
        && User is { Devices.Count: > 0, AccountCount: 0, DidState: DidState.Active } && Administrator.Manages && OnUnregister.HasDelegate;

    public void Dispose() => Ticker.Ticked -= OnTicked;

    protected override void OnInitialized() => Ticker.Ticked += OnTicked;

    protected override void OnParametersSet()
    {
        delay = OperationWords.Delay(Operation, Moments.Now);
        revocations = ProgressWords.RevocationsOf(User, Operation);
        status = OperationWords.Status(Operation);
    }

    /// <summary>Nothing comes from the API while nothing moves: the time itself makes the notice.</summary>
    private void OnTicked()
    {
        if (OperationWords.Delay(Operation, Moments.Now) is var now && now != delay)
        {
            delay = now;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private async Task RestartAsync()
    {
        isStarting = true;
        problem = (await OperationRestart.StartAsync(Api, Operation)).Problem;
        isStarting = false;
        await OnChanged.InvokeAsync();
    }
}
