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

    /// <summary>Single accounts are named by their request only; whoever still sees them can remove them again.</summary>
    private bool CanRestart => (Operation.Kind, Operation.AccountScope) switch
    {
        (OperationKind.Enrollment, _) or (_, AccountScopeKind.Accounts) => false,
        (_, AccountScopeKind.All) => Administrator.ManagesUsers,
        (_, AccountScopeKind.Application) => Administrator.ManagesApplications && Operation.Steps is [{ ApplicationId: not null }],
        _ => Administrator.Manages,
    };

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
        status = OperationWords.Status(Operation.Status);
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

    /// <summary>Asking for the same again restarts a failed operation; it was confirmed before.</summary>
    private async Task RestartAsync()
    {
        isStarting = true;
        var key = Guid.NewGuid().ToString();
        var result = Operation.Kind == OperationKind.RemoveAccounts ? await RemoveAccountsAsync(key) : Operation is { Kind: OperationKind.RemoveDevice, DeviceIds: [var deviceId, ..] }
            ? await Api.RemoveDeviceAsync(
                User.UserId,
                deviceId,
                new RemoveDeviceRequest { Confirmation = ConfirmationPhrases.RemoveDevice, Reason = Operation.Reason },
                key,
                CancellationToken.None)
            : await Api.UnregisterAllDevicesAsync(
                User.UserId,
                new UnregisterAllDevicesRequest { Confirmation = ConfirmationPhrases.UnregisterAllDevices, Reason = Operation.Reason },
                key,
                CancellationToken.None);
        isStarting = false;
        problem = result.Problem;
        await OnChanged.InvokeAsync();
    }

    private Task<ApiResult<OperationDetails>> RemoveAccountsAsync(string key) => Operation.AccountScope == AccountScopeKind.All
        ? Api.StartDepartureAsync(
            User.UserId,
            new StartDepartureRequest { Confirmation = ConfirmationPhrases.RemoveAccounts, Reason = Operation.Reason },
            key,
            CancellationToken.None)
        : Api.RemoveAccountsAsync(
            User.UserId,
            new RemoveAccountsRequest
            {
                Confirmation = ConfirmationPhrases.RemoveAccounts,
                ApplicationId = Operation.Steps[0].ApplicationId,
                Reason = Operation.Reason,
            },
            key,
            CancellationToken.None);
}
