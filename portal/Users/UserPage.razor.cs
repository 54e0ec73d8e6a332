using BlokSec.Contracts;
using BlokSec.Portal.Accounts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Browser;
using BlokSec.Portal.Claims;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Removals;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Users;

/// <summary>One user: devices, accounts, sign-ins, claim, and what is under way.</summary>
public sealed partial class UserPage : IDisposable
{
    private Asked? asked;
    private bool focusesProgress;
    private bool isLeaving;
    private string? shownUserId;
    private KeptAccountRemoval? keptDeparture;
    private KeptAccountRemoval? keptRemoval;
    private InviteUserRequest? keptProfile;
    private IdentityCheckRequest? keptCheck;
    private KeptSuspension? keptSuspension;
    private CreateAccountRequest? keptAccount;

    /// <summary>The user's id inside the tenant.</summary>
    [Parameter]
    public string UserId { get; set; } = "";

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal TimeProvider Time { get; set; } = null!;

    [Inject]
    internal UserListing Listing { get; set; } = null!;

    [Inject]
    internal BrowserPage Page { get; set; } = null!;

    [Inject]
    internal Moments Moments { get; set; } = null!;

    private UserWatch Watch { get; set; } = null!;

    private UserDetails? User => Watch.User;

    private string BackAddress => Listing.Filter.Address;

    private string? Advice => Watch.Problem is not { } problem || !PollRhythm.TriesAgain(problem) ? null
        : Watch.ReadAt is { } at ? $"What you see is as of {Moments.Second(at)}. It is read again by itself."
        : "It is tried again by itself.";

    public void Dispose()
    {
        Listing.Return = UserId;
        Watch.Changed -= OnChanged;
        Watch.Dispose();
    }

    protected override void OnInitialized()
    {
        Watch = new UserWatch(Api, Page, Time);
        Watch.Changed += OnChanged;
    }

    protected override void OnParametersSet()
    {
        if (User?.UserId != UserId)
        {
            (asked, isLeaving) = (null, false);
            (keptDeparture, keptRemoval, keptProfile, keptCheck) = (null, null, null, null);
            (keptSuspension, keptAccount) = (null, null);
            Watch.Start(UserId);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (User is not null && shownUserId != UserId)
        {
            shownUserId = UserId;
            if (!await Page.RevealSectionAsync())
            {
                await Page.FocusHeadingAsync();
            }

            await ResumeAsync(User);
        }

        if (focusesProgress && User is { Operations.Count: > 0 })
        {
            focusesProgress = false;
            await Page.FocusAsync("#progress-title");
        }
    }

    /// <summary>Goes on with a removal whose confirmation the end of the session stopped.</summary>
    private async Task ResumeAsync(UserDetails user)
    {
        if (asked is null && Administrator.Manages && await KeptRemoval.TakeAsync(Page, Administrator.Id, user.UserId) is { } kept)
        {
            var device = user.Devices.FirstOrDefault(device => device.DeviceId == kept.DeviceId);
            asked = kept.DeviceId is null || device is not null ? new Asked(device, kept) : null;
            StateHasChanged();
        }
        else if (await KeptDraft.TakeAsync(Page, Administrator.Id, user.UserId) is { } draft)
        {
            keptProfile = draft.In(EditDialog.Dialog, PortalJson.Default.InviteUserRequest);
            keptCheck = draft.In(IdentityCheckForm.Dialog, PortalJson.Default.IdentityCheckRequest);
            keptSuspension = draft.In(KeptSuspension.Dialog, PortalJson.Default.KeptSuspension);
            keptAccount = draft.In(AddAccountDialog.Dialog, PortalJson.Default.CreateAccountRequest);
            var removal = draft.In(KeptAccountRemoval.Dialog, PortalJson.Default.KeptAccountRemoval);
            keptDeparture = removal is { Application: null, Accounts: null } ? removal : null;
            keptRemoval = keptDeparture is null && Administrator.ManagesApplications ? removal : null;
            isLeaving = keptDeparture is not null;
            StateHasChanged();
        }
    }

    private void AskToRemove(DeviceDetails device) => asked = new Asked(device);

    private void AskToUnregister() => asked = new Asked(null);

    /// <summary>A dialog that closes late must not close the one that took its place.</summary>
    private void Close(Asked closed) => asked = ReferenceEquals(asked, closed) ? null : asked;

    private void UnregisterInstead() => asked = new Asked(null);

    private void Accepted(OperationDetails operation)
    {
        (asked, isLeaving) = (null, false);
        focusesProgress = true;
        Watch.Accept(operation);
    }

    private void OnChanged() => _ = InvokeAsync(StateHasChanged);

    /// <summary>What the dialog is open for: one device, or all of them.</summary>
    private sealed class Asked(DeviceDetails? device, KeptRemoval? kept = null)
    {
        public DeviceDetails? Device { get; } = device;

        public KeptRemoval? Kept { get; } = kept;
    }
}
