using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BlokSec.Portal.Devices;

/// <summary>The user's devices: which one is active, how push reaches them, and the way to remove them.</summary>
public sealed partial class DevicesSection
{
    private readonly Dictionary<string, PushTest> tests = [];
    private ApiProblem? problem;
    private string? testing;
    private string? choosing;
    private string? picked;
    private bool movesOnly;
    private (UserDetails User, string DeviceId)? chosen;
    private string said = "";

    /// <summary>The user.</summary>
    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    /// <summary>Something was asked for: read the user again.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>The trash button of a device.</summary>
    [Parameter]
    public EventCallback<DeviceDetails> OnRemove { get; set; }

    /// <summary>Unregister All Devices.</summary>
    [Parameter]
    public EventCallback OnUnregister { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    /// <summary>The last that the API said, be it the answer to a choice or the user as read since.</summary>
    private string? ActiveId => IsToBeRead ? chosen?.DeviceId : User.ActiveDeviceId;

    /// <summary>Whether the user as shown is older than the answer to a choice: the API would refuse another choice.</summary>
    private bool IsToBeRead => chosen is { } answer && ReferenceEquals(answer.User, User) && answer.DeviceId != User.ActiveDeviceId;

    private RestoredDevice? Restored => RestoredDevice.Find(User, Time.GetUtcNow());

    private string EmptyAdvice => User.DidState switch
    {
        DidState.Active => "The identity still exists: the user can restore it from a BlokSec backup. Without a backup, click Unregister All "
            + "Devices, then have the user scan the claim QR code.",
        DidState.Resetting => "They were all removed; the claim QR code appears when the identity is reset.",
        _ => "A phone is added when the user scans the claim QR code with the BlokSec app.",
    };

    protected override void OnParametersSet()
    {
        if (picked == ActiveId || User.Devices.All(device => device.DeviceId != picked || !device.CanBecomeActive))
        {
            picked = null;
        }
    }

    /// <summary>Arrow keys check the radio buttons on their way: that only moves the choice. Enter and Space make it.</summary>
    private Task KeyDownAsync(KeyboardEventArgs key)
    {
        movesOnly = key.Key.StartsWith("Arrow", StringComparison.Ordinal);
        if (key.Key == "Escape")
        {
            picked = null;
        }

        return key is { Key: "Enter" or " ", Repeat: false } ? CommitAsync() : Task.CompletedTask;
    }

    private void KeyUp() => movesOnly = false;

    private Task ChooseAsync(DeviceDetails device)
    {
        picked = device.DeviceId == ActiveId ? null : device.DeviceId;
        if (!movesOnly)
        {
            return CommitAsync();
        }

        said = picked is null ? "" : $"Press Enter to make {DeviceNames.Of(device.Name, device.Model)} the active device";
        return Task.CompletedTask;
    }

    private async Task CommitAsync()
    {
        if (choosing is not null || IsToBeRead || User.Devices.FirstOrDefault(device => device.DeviceId == picked) is not { } device)
        {
            return;
        }

        picked = null;
        var name = DeviceNames.Of(device.Name, device.Model);
        (choosing, problem, said) = (device.DeviceId, null, $"Making {name} the active device");
        problem = await Api.SetActiveDeviceAsync(User.UserId, device.DeviceId, User.ETag, CancellationToken.None);
        choosing = null;
        said = "";
        if (problem is null)
        {
            (chosen, said) = ((User, device.DeviceId), $"{name} is the active device now");
        }

        await OnChanged.InvokeAsync();
    }

    private async Task TestPushAsync(DeviceDetails device)
    {
        if (testing is not null)
        {
            return;
        }

        testing = device.DeviceId;
        said = "";
        var answer = await Api.TestPushAsync(User.UserId, device.DeviceId, CancellationToken.None);
        testing = null;
        problem = answer.Problem;
        if (answer.Value is { } test)
        {
            tests[device.DeviceId] = test;
            said = $"{device.Name}: {DeviceWords.Test(test)}";
            await OnChanged.InvokeAsync();
        }
    }
}
