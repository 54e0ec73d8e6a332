using BlokSec.Contracts;
using BlokSec.Portal.Api;
using BlokSec.Portal.Parts;
using BlokSec.Portal.Security;
using BlokSec.Portal.Words;
using Microsoft.AspNetCore.Components;

namespace BlokSec.Portal.Claims;

/// <summary>The claim with which the user enrolls again: to scan, to print, to renew; or what became of it.</summary>
public sealed partial class ClaimSection
{
    private Modal? modal;
    private ApiProblem? problem;
    private bool isAsking;
    private bool isRenewing;
    private string key = "";

    [Parameter, EditorRequired]
    public UserDetails User { get; set; } = null!;

    /// <summary>What was chosen in the form of the identity check before the session ended; null for nothing.</summary>
    [Parameter]
    public IdentityCheckRequest? Kept { get; set; }

    /// <summary>The claim changed: read the user again.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [CascadingParameter]
    public Administrator Administrator { get; set; } = null!;

    [Inject]
    internal AdminApi Api { get; set; } = null!;

    [Inject]
    internal Moments Moments { get; set; } = null!;

    private bool IsOpen => User is { DidState: DidState.Unclaimed, Claim.State: ClaimState.Open };

    private string Verb => User.Claim is null ? "Create" : "Renew";

    private void AskToRenew() => (isAsking, problem, key) = (true, null, Guid.NewGuid().ToString());

    private async Task RenewAsync()
    {
        if (isRenewing)
        {
            return;
        }

        (isRenewing, problem) = (true, null);
        problem = (await Api.RenewClaimAsync(User.UserId, key, CancellationToken.None)).Problem;
        isRenewing = false;
        await OnChanged.InvokeAsync();
        if (problem is null)
        {
            await DismissAsync();
        }
        else if (modal is not null)
        {
            await modal.FocusAnswerAsync();
        }
    }

    private Task DismissAsync() => modal?.CloseAsync() ?? Task.CompletedTask;

    private void Close() => isAsking = false;
}
