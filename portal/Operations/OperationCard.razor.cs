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

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal Moments Moments { get; set; } = null!;

    [Inject]
    internal Ticker Ticker { get; set; } = null!;

    private string TitleId => $"operation-{Operation.OperationId}";

    private bool CanRestart => Administrator.Manages && Operation.Kind != OperationKind.Enrollment;

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
        var result = Operation is { Kind: OperationKind.RemoveDevice, DeviceIds: [var deviceId, ..] }
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
}
